import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../shared/model/event';
import { decodeEvents, encodeEvents, filterEvents, readSketches, sketchOf } from './encodedEvents';

const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('', 'Ä', '😀'));
const time = fc.date({ min: new Date(0), max: new Date(253_402_300_799_999), noInvalidDate: true });
const required = { _id: text, userId: text, eventType: text, timestamp: time, receivedAt: time };
const others = {
  anonymousId: text,
  sessionId: text,
  durationSec: fc.oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true })),
  device: text,
  browser: text,
  os: text,
  country: text,
  ip: text,
  bot: fc.constant(true as const),
  page: fc.record({ url: text, path: text, title: text, referrer: text }, { requiredKeys: [] }),
  clock: fc.record({ original: fc.oneof(time, text), sentAt: time }, { requiredKeys: [] }),
};
const names = fc
  .stringMatching(/^[a-z_]{1,12}$/)
  .filter((name) => name !== '_bsontype' && name !== '__proto__');
const properties = fc.dictionary(
  fc.oneof(names, fc.constantFrom('userId', 'timestamp', 'page')),
  fc.oneof(
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.nat()),
    fc.dictionary(names, text),
  ),
);
const event: fc.Arbitrary<StoredEvent> = fc.record(
  { ...required, ...others, properties },
  { requiredKeys: ['_id', 'userId', 'eventType', 'timestamp', 'receivedAt', 'properties'] },
);

describe('encoded events', () => {
  it('come back as they were, and their sketches are those of the events', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 3 }), fc.nat(40), (events, head) => {
        const bytes = encodeEvents(events, head).subarray(head);
        expect(readSketches(bytes)).toEqual(events.map(sketchOf));
        expect(readSketches(encodeEvents(decodeEvents(bytes)))).toEqual(events.map(sketchOf));
        expect(encodeEvents(decodeEvents(bytes))).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 50 },
    );
  });

  it('take more room than there was at first', () => {
    const events = Array.from({ length: 40 }, (_, index) => ({
      ...plain,
      _id: `e-${index}`,
      properties: { text: 'x'.repeat(30_000) },
    }));
    expect(decodeEvents(encodeEvents(events))).toEqual(events);
    expect(encodeEvents([], 3 * 2 ** 20)).toHaveLength(3 * 2 ** 20);
  });

  it('leave out those that shall not be kept', () => {
    const events = ['a', 'b', 'c', 'd'].map((userId) => ({ ...plain, _id: `of-${userId}`, userId }));
    const bytes = encodeEvents(events);
    const kept = filterEvents(
      { bytes, sketches: readSketches(bytes) },
      ({ userId }) => userId !== 'b' && userId !== 'c',
    );
    expect(decodeEvents(kept.bytes)).toEqual([events[0], events[3]]);
    expect(kept.sketches.map(({ userId }) => userId)).toEqual(['a', 'd']);
  });

  it('are refused where the database could not store one', () => {
    expect(() => encodeEvents([{ ...plain, properties: { 'a\0b': 1 } }])).toThrow();
  });
});

const plain: StoredEvent = {
  _id: 'e',
  userId: 'u',
  eventType: 't',
  timestamp: new Date(1),
  receivedAt: new Date(2),
  properties: {},
};
