import { describe, expect, it } from 'vitest';
import type { IngestItem } from '../../../src/shared/model/ingest/item';
import type { Entry } from '../intake/entry';
import { readSettings, SettingsError } from '../settings';
import { PartitionProgress } from './partitionProgress';
import { decodeRecord, encodeRecords } from './record';

const event = (userId: string, id: string, size = 0): IngestItem => ({
  kind: 'event',
  event: {
    _id: id,
    userId,
    eventType: 'e',
    timestamp: new Date(1_000),
    receivedAt: new Date(2_000),
    clock: { original: new Date(900), sentAt: new Date(950) },
    properties: { padding: 'x'.repeat(size), nested: { list: [1, null, 'a'] } },
  },
});
const person: IngestItem = {
  kind: 'person',
  message: {
    _id: 'p',
    type: 'alias',
    userId: 'ann',
    identified: true,
    timestamp: new Date(1_000),
    receivedAt: new Date(2_000),
    alias: 'anon',
    traits: { plan: 'pro' },
  },
};
const letter = { _id: 'bad', reason: 'no', receivedAt: new Date(3_000), message: '{}' };
const idsOf = (entry: Entry): string[] =>
  entry.items.map((item) => (item.kind === 'event' ? item.event._id : item.message._id));
const decode = (value: Buffer): Entry => {
  const read = decodeRecord(value);
  if (!read.ok) throw new Error(read.reason);
  return read.entry;
};

describe('messages of the topic', () => {
  it('hold what one person did, in its order, keyed by the person’s id, and come back as they went', () => {
    const entries: Entry[] = [
      { database: 'one', items: [event('ann', '1'), event('bob', '2'), person], deadLetters: [letter] },
      { database: 'one', items: [event('ann', '3')], deadLetters: [] },
      { database: 'two', items: [event('ann', '4')], deadLetters: [] },
    ];
    const records = encodeRecords(entries);
    expect(records.map(({ key }) => key.toString())).toEqual(['ann', 'bob', 'bad', 'ann']);
    const decoded = records.map(({ value }) => decode(value));
    expect(decoded.map((entry) => [entry.database, ...idsOf(entry)])).toEqual([
      ['one', '1', '3', 'p'],
      ['one', '2'],
      ['one'],
      ['two', '4'],
    ]);
    expect(decoded[1]?.items).toEqual([event('bob', '2')]);
    expect(decoded[0]?.items[2]).toEqual(person);
    expect(decoded[2]?.deadLetters).toEqual([letter]);
  });

  it('are bounded: one person’s large batch becomes several', () => {
    const items = Array.from({ length: 20 }, (_, index) => event('ann', String(index), 50_000));
    const records = encodeRecords([{ database: 'one', items, deadLetters: [] }]);
    expect(Math.max(...records.map(({ value }) => value.length))).toBeLessThan(140 * 1_024);
    expect(records.flatMap(({ value }) => idsOf(decode(value)))).toEqual(
      items.map((_, index) => String(index)),
    );
  });
});

describe('the progress of a partition', () => {
  it('commits only what has nothing unfinished before it', () => {
    const progress = new PartitionProgress(0, 10n, 14n);
    const finish = [11n, 12n, 14n].map((end) => progress.add(end));
    expect([progress.position, progress.committable, progress.lag]).toEqual([14n, 10n, 4n]);
    finish[1]?.();
    expect(progress.committable).toBe(10n);
    finish[0]?.();
    expect([progress.committable, progress.lag]).toEqual([12n, 2n]);
    finish[2]?.();
    expect([progress.committable, progress.lag]).toEqual([14n, 0n]);
  });

  it('commits behind marks that hold no messages once nothing is under way', () => {
    const progress = new PartitionProgress(0, 0n, 5n);
    const finish = progress.add(3n);
    progress.position = 5n;
    expect(progress.committable).toBe(0n);
    finish();
    expect(progress.committable).toBe(5n);
  });
});

describe('settings of Kafka', () => {
  const brokers = { WAYMARK_KAFKA_BROKERS: 'a.example:9092, b.example:9092' };

  it('read what Confluent and MSK need', () => {
    const { buffer, kafka } = readSettings({
      ...brokers,
      WAYMARK_BUFFER: 'kafka',
      WAYMARK_KAFKA_TLS: 'on',
      WAYMARK_KAFKA_SASL: 'scram-sha-512',
      WAYMARK_KAFKA_USERNAME: 'u',
      WAYMARK_KAFKA_PASSWORD: 'p',
    });
    expect(buffer).toBe('kafka');
    expect(kafka).toMatchObject({
      brokers: ['a.example:9092', 'b.example:9092'],
      topic: 'waymark-events',
      tls: { caFile: null, certFile: null, keyFile: null },
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'u', password: 'p' },
    });
    expect(readSettings({}).kafka).toBeNull();
  });

  it.each([
    [{ WAYMARK_BUFFER: 'kafka' }, /WAYMARK_KAFKA_BROKERS: WAYMARK_BUFFER=kafka needs brokers/],
    [{ WAYMARK_KAFKA_BROKERS: 'https://a.example' }, /WAYMARK_KAFKA_BROKERS: must be brokers as host:port/],
    [{ ...brokers, WAYMARK_KAFKA_TOPIC: 'a b' }, /WAYMARK_KAFKA_TOPIC: must be a topic name/],
    [{ ...brokers, WAYMARK_KAFKA_TLS_CA_FILE: 'ca.pem' }, /WAYMARK_KAFKA_TLS: certificates are given/],
    [
      { ...brokers, WAYMARK_KAFKA_TLS: 'on', WAYMARK_KAFKA_TLS_KEY_FILE: 'k' },
      /WAYMARK_KAFKA_TLS_CERT_FILE: .* given together/,
    ],
    [{ ...brokers, WAYMARK_KAFKA_SASL: 'plain', WAYMARK_KAFKA_PASSWORD: 'secret' }, /plain needs both/],
    [{ ...brokers, WAYMARK_KAFKA_SASL: 'oauthbearer' }, /WAYMARK_KAFKA_TOKEN_FILE: oauthbearer needs/],
    [{ ...brokers, WAYMARK_KAFKA_USERNAME: 'u' }, /WAYMARK_KAFKA_SASL: a login is given/],
    [{ ...brokers, WAYMARK_BUFFER: 'kafka', WAYMARK_DURABILITY: 'database' }, /WAYMARK_DURABILITY/],
    [{ WAYMARK_DURABILITY: 'brokers' }, /WAYMARK_DURABILITY/],
  ])('refuse %j', (environment, reason) => {
    const read = () => readSettings(environment);
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(reason);
    expect(read).not.toThrow(/secret/);
  });
});
