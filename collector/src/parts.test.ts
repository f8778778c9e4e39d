import { describe, expect, it } from 'vitest';
import { Backoff } from './intake/backoff';
import { decodePayload, encodeEntry, encodeParcel, type Entry, openParcel } from './intake/entry';
import { keepIp, readAgent, readCountry } from './enrich/clientInfo';
import { Turns } from './http/turns';
import { readKeyList } from './keys/keyList';
import { encodeHeader, scanRecords } from './log/record';
import { readSettings, SettingsError } from './settings';

describe('client information', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'desktop',
      'Firefox',
      'Windows',
      undefined,
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'mobile',
      'Safari',
      'iOS',
      undefined,
    ],
    [
      'Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Mobile/15E148 Safari/604.1',
      'tablet',
      'Safari',
      'iOS',
      undefined,
    ],
    [
      'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
      'bot',
      'Googlebot',
      undefined,
      true,
    ],
  ])('of %s', (agent, device, browser, os, bot) => {
    const info = readAgent(agent);
    if (device !== 'bot') expect(info.device).toBe(device);
    expect([info.browser, info.os, info.bot]).toEqual([browser, os, bot]);
  });

  it.each([
    ['203.0.113.77', 'truncated', '203.0.113.0'],
    ['::ffff:203.0.113.77', 'truncated', '203.0.113.0'],
    ['2001:db8:abcd:12::1', 'truncated', '2001:db8:abcd::'],
    ['2001:DB8::1', 'truncated', '2001:db8:0::'],
    ['::1', 'truncated', '0:0:0::'],
    ['203.0.113.77', 'full', '203.0.113.77'],
    ['203.0.113.77', 'none', undefined],
    ['not an address', 'full', undefined],
  ] as const)('keeps of %s, %s, %s', (address, keep, expected) => {
    expect(keepIp(address, keep)).toBe(expected);
  });

  it.each([
    ['de', 'DE'],
    ['XX', undefined],
    ['T1', undefined],
    ['Germany', undefined],
    [7, undefined],
  ])('reads the country %j as %j', (value, expected) => {
    expect(readCountry(value)).toBe(expected);
  });
});

describe('the log’s records', () => {
  const file = (...payloads: string[]): Buffer =>
    Buffer.concat(payloads.flatMap((text) => [encodeHeader(Buffer.from(text)), Buffer.from(text)]));
  const texts = (bytes: Buffer): string[] =>
    scanRecords(bytes).records.map(({ payload }) => payload.toString());

  it('come back as they were written', () => {
    expect(texts(file('one', '', 'three'))).toEqual(['one', '', 'three']);
  });

  it('lose only what is cut, at whatever byte the file ends', () => {
    const bytes = file('first', 'second', 'third');
    for (let length = 0; length <= bytes.length; length += 1) {
      const { records, damagedBytes, tornBytes } = scanRecords(bytes.subarray(0, length));
      expect(damagedBytes).toBe(0);
      expect((records[records.length - 1]?.end ?? 0) + tornBytes).toBe(length);
    }
  });

  it('lose only the record in which a byte is wrong, wherever it is', () => {
    const good = file('first', 'second', 'third');
    for (let at = 0; at < good.length; at += 1) {
      const bytes = Buffer.from(good);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 0x55, at);
      const found = texts(bytes);
      expect(found.length).toBe(2);
      expect(['first', 'second', 'third']).toEqual(expect.arrayContaining(found));
    }
  });
});

describe('an entry of the log', () => {
  it('comes back with its times as dates', () => {
    const receivedAt = new Date('2026-03-01T12:00:00.123Z');
    const entry: Entry = {
      database: 'd',
      items: [
        {
          kind: 'event',
          event: {
            _id: 'e',
            userId: 'u',
            eventType: 't',
            timestamp: new Date(0),
            receivedAt,
            clock: { original: new Date(5), sentAt: new Date(6), replaced: 'inFuture' },
            properties: { date: '2026-03-01T12:00:00.123Z', text: '\ufffd😀' },
          },
        },
        {
          kind: 'person',
          message: {
            _id: 'p',
            type: 'identify',
            userId: 'u',
            identified: true,
            timestamp: receivedAt,
            receivedAt,
          },
        },
      ],
      deadLetters: [{ _id: 'x', reason: 'r', receivedAt, message: '{}' }],
    };
    expect(decodePayload(encodeEntry(entry))).toEqual(entry);
    const parcel = decodePayload(encodeParcel(entry));
    expect('items' in parcel ? null : openParcel(parcel)).toEqual(entry);
  });

  it('that the database could not store is no parcel, for the database to refuse it alone', () => {
    const at = new Date(1);
    const event = { _id: 'e', userId: 'u', eventType: 't', timestamp: at, receivedAt: at };
    const items = [{ kind: 'event' as const, event: { ...event, properties: { 'a\0b': 1 } } }];
    const entry: Entry = { database: 'd', items, deadLetters: [] };
    expect(decodePayload(encodeParcel(entry))).toEqual(entry);
  });
});

describe('settings', () => {
  it.each([
    [{ PORT: '99999' }, /PORT: must be a number from 0 to 65535/],
    [{ WAYMARK_URI: 'http://x' }, /WAYMARK_URI: must begin with mongodb/],
    [{ WAYMARK_DB: 'a b' }, /WAYMARK_DB/],
    [{ WAYMARK_IP: 'some' }, /WAYMARK_IP/],
    [{ WAYMARK_KEYS: 'secretkey,secretkey' }, /entry 2 repeats/],
    [{ WAYMARK_ADMIN_KEYS: 'short' }, /16 characters/],
  ])('%j are refused with the name and what is allowed', (environment, reason) => {
    expect(() => readSettings(environment)).toThrow(SettingsError);
    expect(() => readSettings(environment)).toThrow(reason);
    expect(() => readSettings(environment)).not.toThrow(/secretkey/);
  });

  it('read keys with and without their database', () => {
    expect(readKeyList('a, b:shop ,c:', 'main')).toMatchObject({ ok: false });
    expect(readKeyList('a, b:shop', 'main')).toEqual({
      ok: true,
      keys: [
        { key: 'a', database: 'main' },
        { key: 'b', database: 'shop' },
      ],
    });
  });
});

describe('back-off', () => {
  it('doubles with jitter up to the longest, and begins anew after a success', () => {
    const backoff = new Backoff(100, 1_000, () => 1);
    expect([1, 2, 3, 4, 5, 6].map(() => backoff.next())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    backoff.reset();
    expect(backoff.next()).toBe(100);
    expect(new Backoff(100, 1_000, () => 0).next()).toBe(50);
  });
});

describe('turns', () => {
  it('read a few bodies at once and the others in their order, the event loop going round between', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const read = async (name: string): Promise<void> => {
      const turn = turns.take(40 * 1_024);
      if (turn) await turn;
      order.push(name);
    };
    const all = ['a', 'b', 'c', 'd', 'e'].map(read);
    expect(order).toEqual(['a', 'b']);
    expect(turns.waitedMs).toBeGreaterThanOrEqual(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual(['a', 'b', 'c', 'd']);
    await Promise.all(all);
    expect(order).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(turns.waitedMs).toBe(0);
    expect(turns.take(1)).toBeNull();
  });
});
