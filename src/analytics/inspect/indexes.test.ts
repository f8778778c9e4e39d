import { describe, expect, it } from 'vitest';
import { INDEXES } from '../../shared/model/indexes';
import { MAPPING_PRESETS, WAYMARK_MAPPING } from '../../shared/model/presets';
import { createIndexLine, serves, showKey, wantedIndexes, type WantedIndex } from './indexes';

const want: WantedIndex = { collection: 'events', key: { userId: 1, timestamp: 1 }, reason: '' };

describe('serves', () => {
  it('takes the same key, a longer one and one reversed as a whole', () => {
    expect(serves({ key: { userId: 1, timestamp: 1 } }, want)).toBe(true);
    expect(serves({ key: { userId: 1, timestamp: 1, eventType: 1 } }, want)).toBe(true);
    expect(serves({ key: { userId: -1, timestamp: -1 } }, want)).toBe(true);
  });

  it('refuses another order or direction, and indexes that do not hold every document', () => {
    expect(serves({ key: { timestamp: 1, userId: 1 } }, want)).toBe(false);
    expect(serves({ key: { userId: 1, timestamp: -1 } }, want)).toBe(false);
    expect(serves({ key: { userId: 1 } }, want)).toBe(false);
    expect(serves({ key: { userId: 'hashed', timestamp: 1 } }, want)).toBe(false);
    expect(serves({ key: want.key, partialFilterExpression: { a: 1 } }, want)).toBe(false);
    expect(serves({ key: want.key, sparse: true }, want)).toBe(false);
    expect(serves({ key: want.key, hidden: true }, want)).toBe(false);
  });
});

describe('wantedIndexes', () => {
  it('is the one list for the own schema, and speaks in the fields of others', () => {
    expect(wantedIndexes(WAYMARK_MAPPING)).toHaveLength(INDEXES.length);
    const mern = MAPPING_PRESETS['mern-tracker'];
    const keys = mern ? wantedIndexes(mern).map(({ key }) => showKey(key)) : [];
    expect(keys).toContain('{ eventType: 1, timestamp: 1, userId: 1 }');
    expect(keys).toContain('{ lastActiveAt: -1 }');
  });

  it('covers by time what can be read from an index alone', () => {
    const keysOf = (name: string): string[] => {
      const mapping = MAPPING_PRESETS[name];
      return mapping ? wantedIndexes(mapping).map(({ key }) => showKey(key)) : [];
    };
    expect(keysOf('user-journey-platform')).toContain(
      '{ timestamp: 1, userId: 1, sessionId: 1, eventType: 1 }',
    );
  });
});

describe('createIndexLine', () => {
  it('quotes what is no plain name', () => {
    expect(createIndexLine({ collection: 'app.events', key: { 'meta.user': 1 }, reason: '' })).toBe(
      'db.getCollection("app.events").createIndex({ "meta.user": 1 })',
    );
    expect(
      createIndexLine({ collection: 'users', key: { email: 1 }, options: { sparse: true }, reason: '' }),
    ).toBe('db.users.createIndex({ email: 1 }, {"sparse":true})');
  });
});
