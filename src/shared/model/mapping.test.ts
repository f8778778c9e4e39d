import { describe, expect, it } from 'vitest';
import { parseMapping } from './mapping';

const mapping = (path: unknown, collection = 'hits'): unknown => ({
  version: 1,
  name: 'mine',
  events: { collection, fields: { userId: path, eventType: 'type', timestamp: 'at' } },
});

describe('a mapping of a stranger', () => {
  it('names fields by paths', () => {
    for (const path of ['user', 'meta.user', 'a$b.c$']) {
      expect(parseMapping(mapping(path)).events.fields.userId).toBe(path);
    }
  });

  it.each(['$where', '$user', 'meta.$user', '.user', 'user.', 'a..b', 'a\0b', '', '$$ROOT', { $gt: '' }])(
    'names none by %j, which could be an operator or a variable',
    (path) => {
      expect(() => parseMapping(mapping(path))).toThrow(
        expect.objectContaining({ code: 'badMapping', path: 'events.fields.userId' }),
      );
    },
  );

  it.each(['$cmd', 'a$b', 'a\0b', ''])('reads no collection named %j', (collection) => {
    expect(() => parseMapping(mapping('user', collection))).toThrow(
      expect.objectContaining({ code: 'badMapping', path: 'events.collection' }),
    );
  });
});
