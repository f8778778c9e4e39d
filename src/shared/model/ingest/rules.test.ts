import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventLineSchema } from '../event';
import { eventLineToItem } from './eventLine';
import { readTime, resolveTime } from './eventTime';
import { cleanRecord, cleanValue, isJunkId, readId, UnstorableError } from './hygiene';
import { resolveCanonical } from './identity';
import { isPlainLine } from './plainLine';
import { cutSessions, type SessionEvent } from './sessionize';

const NOW = new Date('2026-03-01T12:00:00.000Z');

describe('time', () => {
  it.each([
    ['2026-03-01T10:00:00Z', '2026-03-01T10:00:00.000Z'],
    ['2026-03-01T10:00:00', '2026-03-01T10:00:00.000Z'],
    ['2026-03-01 10:00:00.5', '2026-03-01T10:00:00.500Z'],
    ['2026-03-01T10:00:00+02:00', '2026-03-01T08:00:00.000Z'],
    ['2026-03-01T10:00:00-0530', '2026-03-01T15:30:00.000Z'],
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    [1_772_359_200_000, '2026-03-01T10:00:00.000Z'],
    ['2028-02-29T10:00:00.000Z', '2028-02-29T10:00:00.000Z'],
  ])('reads %j as %s', (value, expected) => {
    expect(readTime(value)?.toISOString()).toBe(expected);
  });

  it.each([
    'yesterday',
    '',
    '2026-13-01',
    '2026-02-30T99:00',
    '2026-02-29T10:00:00.000Z',
    '2026-04-31',
    null,
    {},
    Number.NaN,
    -1,
    Infinity,
    '1',
  ])('does not read %j', (value) => {
    expect(readTime(value)).toBeUndefined();
  });

  it.each([
    ['corrects a clock that is two hours slow', '09:59:50', '10:00:00', '11:59:50', true],
    ['leaves a right clock alone', '11:59:50', '12:00:00', '11:59:50', false],
    [
      'counts an event that was kept for an hour back from receipt',
      '10:59:00',
      '12:00:00',
      '10:59:00',
      false,
    ],
  ])('%s', (_, original, sentAt, expected, corrected) => {
    const day = (clock: string): string => `2026-03-01T${clock}.000Z`;
    const { timestamp, clock } = resolveTime({ original: day(original), sentAt: day(sentAt) }, NOW);
    expect(timestamp.toISOString()).toBe(day(expected));
    expect(clock !== undefined).toBe(corrected);
  });

  it('takes receipt for what lies more than 23 hours ahead or cannot be read, and says so', () => {
    expect(resolveTime({ timestamp: '2026-03-02T10:59:00Z' }, NOW).clock).toBeUndefined();
    expect(resolveTime({ timestamp: '2026-03-02T11:01:00Z' }, NOW)).toMatchObject({
      timestamp: NOW,
      clock: { replaced: 'inFuture' },
    });
    expect(resolveTime({ timestamp: 'soon' }, NOW)).toEqual({
      timestamp: NOW,
      clock: { original: 'soon', replaced: 'unreadable' },
    });
    expect(resolveTime({}, NOW)).toEqual({ timestamp: NOW });
  });
});

describe('hygiene', () => {
  it.each(['null', 'UNDEFINED', ' anonymous ', '0', '', '[object Object]', 'NaN', 'none'])(
    'takes %j for junk',
    (id) => {
      expect(isJunkId(id)).toBe(true);
      expect(readId(id)).toBeUndefined();
    },
  );

  it.each([
    ['u1', 'u1'],
    [7, '7'],
    ['a\0b', 'a\ufffdb'],
    ['\ud800x', '\ufffdx'],
    ['😀', '😀'],
  ])('reads %j as the id %j', (value, expected) => {
    expect(readId(value)).toBe(expected);
  });

  it.each([true, null, {}, [], 'x'.repeat(1_001), 2 ** 53, 12_345_678_901_234_567_000])(
    'takes %j for no id',
    (value) => {
      expect(readId(value)).toBeUndefined();
    },
  );

  it('leaves no operators, dots or prototype keys among the names', () => {
    const raw: unknown = JSON.parse(
      '{"$ne":1,"a.b":{"$$x.y":2},"__proto__":{"z":1},"":3,"ok":[{"$in":[4]}]}',
    );
    expect(cleanValue(raw)).toEqual({ ne: 1, a_b: { x_y: 2 }, ok: [{ in: [4] }] });
    expect(cleanRecord({ $a: 1, a: 2 })).toEqual({ a: 2 });
    expect(cleanValue(JSON.parse('[1e400, -1e400, 1e300]'))).toEqual([null, null, 1e300]);
    expect(Object.getPrototypeOf(cleanValue(raw))).toBe(Object.prototype);
  });

  it('refuses what nests too deep, without overflowing', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 10_000; level += 1) deep = { a: deep };
    expect(() => cleanValue(deep)).toThrow(UnstorableError);
  });
});

describe('event lines', () => {
  const options = { receivedAt: NOW, messageId: 'made', badTime: 'reject' } as const;

  it('takes the anonymous id where there is no other', () => {
    const read = eventLineToItem({ anonymousId: 'a', eventType: 'e', timestamp: NOW.toISOString() }, options);
    expect(read).toMatchObject({ ok: true, item: { event: { _id: 'made', userId: 'a', anonymousId: 'a' } } });
  });

  it.each([
    [{ eventType: 'e', timestamp: 1 }, 'userId'],
    [{ userId: 'u', timestamp: 1 }, 'eventType'],
    [{ userId: 'u', eventType: 'e' }, 'timestamp'],
    [{ userId: 'u', eventType: 'e', timestamp: 'soon' }, 'timestamp'],
    [{ userId: 'u', eventType: 'e', timestamp: 1, page: { path: 7 } }, 'page.path'],
    [{ userId: 'u', eventType: 'e', timestamp: 1, durationSec: -1 }, 'durationSec'],
    [{ userId: 2 ** 53, eventType: 'e', timestamp: 1 }, 'userId'],
    [{ userId: 'u', eventType: 'e', timestamp: null }, 'timestamp'],
  ])('refuses %j and says where', (line, path) => {
    expect(eventLineToItem(line, options)).toMatchObject({ ok: false, path });
  });

  it.each([
    ['letters', (n: number) => 'x'.repeat(n)],
    ['letters of several bytes', (n: number) => '€'.repeat(Math.floor(n / 3)) + 'x'.repeat(n % 3)],
    ['escapes', (n: number) => '\u0001'.repeat(Math.floor(n / 6)) + 'x'.repeat(n % 6)],
    ['digits', (n: number) => [...Array.from({ length: (n - 4) / 2 }, () => 7), 'x'.repeat(n % 2)]],
  ])('takes an event of 64 KB as JSON, and not a byte more (%s)', (_, fill) => {
    const line = { userId: 'u', eventType: 'e', timestamp: 1, properties: { a: '' as unknown } };
    const free = 64 * 1024 - JSON.stringify(line).length;
    const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length;
    const filled = (n: number) => ({ ...line, properties: { a: fill(n) } });
    let most = free - 6;
    while (bytesOf(filled(most + 1)) <= 64 * 1024) most += 1;
    expect(bytesOf(filled(most))).toBeGreaterThan(64 * 1024 - 4);
    expect(eventLineToItem(filled(most), options)).toMatchObject({ ok: true });
    expect(eventLineToItem(filled(most + 1), options)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/65536/),
    });
  });

  it('takes a null for a missing field, except among properties', () => {
    const line = { userId: 'u', eventType: 'e', timestamp: 1 };
    const nulls = { sessionId: null, durationSec: null, page: { path: '/a', title: null } };
    const stated = { page: { path: '/a' } };
    expect(eventLineToItem({ ...line, ...nulls }, options)).toEqual(
      eventLineToItem({ ...line, ...stated }, options),
    );
    expect(eventLineToItem({ ...line, properties: { plan: null } }, options)).toMatchObject({
      item: { event: { properties: { plan: null } } },
    });
  });

  it('takes at a glance only what the schema takes unchanged', () => {
    const whole = {
      ...{ messageId: 'm', userId: 'u', anonymousId: 'a', sessionId: 's', eventType: 'e', timestamp: 1 },
      ...{ durationSec: 0, device: 'd', browser: 'b', os: 'o', country: 'c', properties: { a: [1] } },
      page: { url: 'u', path: 'p', title: 't', referrer: 'r' },
    };
    expect(isPlainLine(whole)).toBe(true);
    const odd = fc.constantFrom(
      '',
      'x'.repeat(201),
      'x'.repeat(9_000),
      0,
      -1,
      NaN,
      Infinity,
      null,
      undefined,
      true,
      [],
      {},
    );
    const name = fc.constantFrom(...Object.keys(whole), '__proto__', 'constructor', 'other');
    const field = fc.constantFrom(...Object.keys(whole.page), 'other');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, odd), { maxLength: 2 }),
        fc.array(fc.tuple(field, odd), { maxLength: 1 }),
        fc.subarray(Object.keys(whole)),
        (changes, inPage, kept) => {
          const line = Object.fromEntries([
            ...Object.entries(whole).filter(([key]) => kept.includes(key)),
            ...(kept.includes('page') ? [['page', { ...whole.page, ...Object.fromEntries(inPage) }]] : []),
            ...changes,
          ]) as object;
          if (isPlainLine(line)) expect(eventLineSchema.parse(line)).toEqual(line);
        },
      ),
    );
  });

  it('refuses more than 64 KB, counted in UTF-8', () => {
    const read = eventLineToItem(
      { userId: 'u', eventType: 'e', timestamp: 1, properties: { text: 'ü'.repeat(33_000) } },
      options,
    );
    expect(read).toMatchObject({ ok: false, reason: expect.stringContaining('65536') });
  });
});

describe('identity', () => {
  const at = (minute: number): Date => new Date(NOW.getTime() + minute * 60_000);
  const claim = (target: string, minute: number, forced = false) => ({ target, at: at(minute), forced });
  const profiles = {
    visitor: { identified: false, claims: [claim('bob', 5), claim('ada', 3)] },
    ada: { identified: true, claims: [claim('bob', 1)] },
    eve: { identified: true, claims: [claim('bob', 1, true)] },
    x: { identified: true, claims: [claim('y', 1, true)] },
    y: { identified: true, claims: [claim('x', 2, true)] },
    z: { identified: false, claims: [claim('y', 9)] },
  };
  const canonical = (id: string): string =>
    resolveCanonical(id, (other) =>
      other in profiles ? profiles[other as keyof typeof profiles] : undefined,
    ).canonicalId;

  it.each([
    ['a visitor follows the earliest claim', 'visitor', 'ada'],
    ['an identified user is not merged by an alias', 'ada', 'ada'],
    ['unless it is forced', 'eve', 'bob'],
    ['a circle ends at its smallest id', 'x', 'x'],
    ['from each of its ids', 'y', 'x'],
    ['and from outside', 'z', 'x'],
    ['an id nobody knows is its own', 'nobody', 'nobody'],
  ])('%s', (_, id, expected) => {
    expect(canonical(id)).toBe(expected);
  });
});

describe('sessions', () => {
  it('are cut at pauses of more than the gap', () => {
    const events = [0, 30, 60.001, 61].map((minutes, index): SessionEvent => ({
      _id: String(index),
      timestamp: new Date(minutes * 60_000),
    }));
    expect(cutSessions(events, 30 * 60_000).map((session) => session.length)).toEqual([2, 2]);
  });
});
