import { describe, expect, it } from 'vitest';
import { checkExternalLink } from './externalLinks';

describe('links out of the app', () => {
  it('lets https pass', () => {
    expect(checkExternalLink('https://www.mongodb.com/docs/')).toBe('https://www.mongodb.com/docs/');
  });

  it.each([
    'http://example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:pw@example.com',
    'waymark://app/index.html',
    'smb://host/share',
    'https:',
    '',
    '-flag',
  ])('refuses %s', (link) => {
    expect(() => checkExternalLink(link)).toThrow(expect.objectContaining({ code: 'badInput' }));
  });
});
