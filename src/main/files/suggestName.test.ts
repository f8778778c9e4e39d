import { describe, expect, it } from 'vitest';
import { suggestFileName } from './suggestName';

describe('the name suggested for a file', () => {
  it.each([
    ['Checkout', 'Checkout.report.json'],
    ['../../etc/passwd', 'etc passwd.report.json'],
    ['..\\..\\Startup\\run.bat', 'Startup run.bat.report.json'],
    ['C:\\x', 'C x.report.json'],
    ['a\0b\nc', 'a b c.report.json'],
    ['...', 'Waymark.report.json'],
    ['', 'Waymark.report.json'],
    ['con', 'Waymark.report.json'],
    ['Already.report.json', 'Already.report.json'],
  ])('of %j is %s: a name and no path', (title, name) => {
    expect(suggestFileName(title, '.report.json')).toBe(name);
  });

  it('is never too long for a file system', () => {
    expect(suggestFileName('x'.repeat(1_000), '.csv')).toHaveLength(124);
  });
});
