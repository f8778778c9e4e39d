import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Producer } from '@platformatic/kafka';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, type TestContext, vi } from 'vitest';
import {
  type Broker,
  KAFKA_LOGIN,
  startBroker,
  startBrokers,
  unsignedToken,
  whyNoBroker,
} from '../../scripts/testing/kafka';
import { type ReplicaSet, startReplicaSet } from '../../scripts/testing/mongod';
import { expectStored, settled } from './testing/checkStored';
import {
  contentsOf,
  createFlow,
  drained,
  fillTopic,
  type Flow,
  logFolder,
  partitionsOfKeys,
  startDrain,
  startSender,
} from './testing/kafkaFlow';
import { eventOf, Load, send } from './testing/load';
import { type CollectorProcess, DEEP, startCollector } from './testing/runCollector';

const LONG = DEEP ? 3_600_000 : 400_000;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const missing = await whyNoBroker();
let broker: Broker;
let client: MongoClient;
const used = new Set<string>();
const cleanups: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
  if (missing === null) broker = await startBroker();
}, 120_000);
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
afterAll(async () => {
  await broker?.stop();
  for (const name of used) await client.db(name).dropDatabase();
  await client.close();
});

/** Says what the machine lacks, where it does. */
const needsBroker = (context: TestContext): void => {
  if (missing !== null) context.skip(missing);
};

async function flowOf(name: string, options: { uri?: string; topicSettings?: Record<string, string> } = {}) {
  const flow = await createFlow({ broker, name, uri: inject('mongoUri'), ...options });
  if (options.uri === undefined) used.add(flow.database);
  return flow;
}

/** Whatever becomes of a test, its processes end with it. */
function ends<T extends CollectorProcess>(process: T): T {
  cleanups.push(() => process.kill());
  return process;
}

/** A collector and a drain around a flow's topic. */
async function startBoth(
  flow: Flow,
  ofDrain: Record<string, string> = {},
): Promise<[sender: CollectorProcess, drain: CollectorProcess]> {
  const folder = await logFolder(cleanups);
  return Promise.all([startSender(flow, folder).then(ends), startDrain(flow, ofDrain).then(ends)]);
}

/** Runs a load against a collector while something happens. */
async function loadDuring(url: string, name: string, happening: () => Promise<void>): Promise<Load> {
  const load = new Load(name);
  const stop = new AbortController();
  const running = load.run(url, 4, stop.signal, 40);
  await wait(300);
  await happening();
  await wait(300);
  stop.abort();
  await running;
  return load;
}

async function expectAllStored(flow: Flow, load: Load, mongo = client): Promise<void> {
  expect(load.acknowledged.size).toBe(load.sent.size);
  expect(load.acknowledged.size).toBeGreaterThan(50);
  await expectStored(mongo.db(flow.database), load.acknowledged, load.sent);
}

/** Makes a process kill itself when it passes a point for the n-th time. */
const crashAt = (point: string | undefined, times: number): Record<string, string> =>
  point === undefined ? {} : { WAYMARK_CRASH_AT: `${point}:${times}` };

const metricOf = async (url: string, pattern: RegExp): Promise<number[]> => {
  const { body } = await send(`${url}/metrics`, '', { method: 'GET' });
  return [...body.matchAll(pattern)].map(([, value]) => Number(value));
};

describe('Kafka in front of the database', () => {
  it(
    'gives the same events, users, sessions and identities as without it',
    async (context) => {
      needsBroker(context);
      const flow = await flowOf('same');
      const database = 'collector_kafka_direct';
      used.add(database);
      const uri = inject('mongoUri');
      const folders = [await logFolder(cleanups), await logFolder(cleanups)];
      const [direct, again, [sender, drain]] = await Promise.all([
        startCollector({ uri, database, dataDir: folders[0] ?? '' }).then(ends),
        startSender(flow, folders[1] ?? '').then(ends),
        startBoth(flow),
      ]);
      const events = Array.from({ length: 600 }, (_, index) => eventOf(`same-${index}`, index));
      const person = {
        batch: [
          { type: 'identify', messageId: 'i-1', userId: 'user-3', traits: { name: 'Ada', plan: 'pro' } },
          { type: 'alias', messageId: 'a-1', userId: 'user-4', previousId: 'visitor-9' },
          { type: 'group', messageId: 'g-1', userId: 'user-3', groupId: 'acme' },
        ].map((message) => ({ ...message, timestamp: '2025-01-07T09:00:00Z' })),
      };
      for (const { url } of [direct, sender]) {
        for (let at = 0; at < events.length; at += 70) {
          const answer = await send(`${url}/v1/events`, JSON.stringify(events.slice(at, at + 70)));
          expect(answer.status).toBe(200);
        }
        expect((await send(`${url}/v1/batch`, JSON.stringify(person))).status).toBe(200);
      }
      // Once more, as a client does that has not seen the answer: another process has not seen the ids.
      expect((await send(`${again.url}/v1/events`, JSON.stringify(events.slice(100, 300)))).status).toBe(200);
      await Promise.all([settled(direct.url), settled(sender.url), settled(again.url)]);
      await drained(flow);
      expect(await contentsOf(client.db(flow.database))).toEqual(await contentsOf(client.db(database)));

      const keys = await partitionsOfKeys(flow);
      expect([...keys.keys()]).toEqual(expect.arrayContaining(['user-3', 'user-4', 'visitor-1']));
      expect([...keys].filter(([, partitions]) => partitions.length > 1)).toEqual([]);
      expect((await metricOf(drain.url, /^waymark_collector_kafka_lag\{.*\} (\d+)/gm)).length).toBe(4);
      const [count] = await metricOf(drain.url, /^waymark_collector_drained_total (\d+)/gm);
      expect(count).toBe(803);
      expect((await send(`${sender.url}/sinkz`, '', { method: 'GET' })).status).toBe(200);
      expect((await send(`${sender.url}/v1/events?ack=database`, '[]')).status).toBe(400);
      expect((await drain.stop()).code).toBe(0);
      expect((await sender.stop()).code).toBe(0);
    },
    LONG,
  );

  it(
    'keeps what nobody can read in deadLetters and goes on behind it',
    async (context) => {
      needsBroker(context);
      const flow = await flowOf('poison');
      const producer = new Producer({ clientId: 'test', bootstrapBrokers: [broker.address] });
      const good = { d: flow.database, e: [], p: [], x: [] };
      const event = {
        _id: 'good',
        userId: 'u',
        eventType: 'e',
        timestamp: 1e12,
        receivedAt: 1e12,
        properties: {},
      };
      const deep = JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`) as object;
      const values = [
        'no JSON',
        '{"d":"x"}',
        JSON.stringify({ ...good, d: 'admin', e: [event] }),
        JSON.stringify({ ...good, e: [{ ...event, userId: 7 }] }),
        JSON.stringify({ ...good, e: [{ ...event, timestamp: 'yesterday' }] }),
        JSON.stringify({ ...good, e: [{ ...event, properties: deep }] }),
        '\0\ud800'.repeat(50_000),
        JSON.stringify({ ...good, e: [{ ...event, properties: { $set: { 'a.b': 1 } } }] }),
      ];
      await producer.send({
        messages: [
          ...values.map((value) => ({ topic: flow.topic, partition: 0, value: Buffer.from(value) })),
          { topic: flow.topic, partition: 0, key: Buffer.from('a tombstone') },
        ],
        acks: -1,
      });
      await producer.close();
      const drain = ends(await startDrain(flow));
      await drained(flow);
      const db = client.db(flow.database);
      const letters = await db.collection<{ _id: string }>('deadLetters').find().toArray();
      expect(letters.map(({ _id }) => _id).sort()).toEqual(
        [0, 1, 2, 3, 4, 5, 6, 8].map((offset) => `kafka|${flow.topic}|0|${offset}`),
      );
      const events = await db.collection<{ _id: string }>('events').find().toArray();
      expect(events).toMatchObject([{ _id: 'good', properties: { set: { a_b: 1 } } }]);
      expect(await metricOf(drain.url, /^waymark_collector_kafka_poison_total (\d+)/gm)).toEqual([8]);
    },
    LONG,
  );

  it(
    'takes events while the brokers crash and come back, and loses none',
    async (context) => {
      needsBroker(context);
      const flow = await flowOf('restart');
      const [sender, drain] = await startBoth(flow);
      const load = await loadDuring(sender.url, 'restart', async () => {
        await broker.kill();
        await wait(DEEP ? 60_000 : 1_500);
        expect((await send(`${sender.url}/sinkz`, '', { method: 'GET' })).status).toBe(503);
        expect((await send(`${sender.url}/readyz`, '', { method: 'GET' })).status).toBe(200);
        await broker.start();
        await wait(1_000);
      });
      expect([...load.statuses.keys()]).toEqual([200]);
      await settled(sender.url, LONG);
      await drained(flow);
      await expectAllStored(flow, load);
      expect(await metricOf(drain.url, /^waymark_collector_mongodb_up (\d)/gm)).toEqual([1]);
    },
    LONG,
  );

  it(
    'sits out a time without the database',
    async (context) => {
      needsBroker(context);
      const server: ReplicaSet = await startReplicaSet();
      cleanups.push(() => server.stop());
      const flow = await flowOf('outage', { uri: server.uri });
      const [sender, drain] = await startBoth(flow, { WAYMARK_QUEUE_MEMORY_MB: '1' });
      const load = await loadDuring(sender.url, 'outage', async () => {
        await server.members[0]?.kill();
        await wait(DEEP ? 180_000 : 4_000);
        expect((await send(`${drain.url}/sinkz`, '', { method: 'GET' })).status).toBe(503);
        expect((await send(`${drain.url}/livez`, '', { method: 'GET' })).status).toBe(200);
        await server.members[0]?.start();
      });
      expect([...load.statuses.keys()]).toEqual([200]);
      await settled(sender.url, LONG);
      await drained(flow);
      const mongo = await MongoClient.connect(server.uri);
      await expectAllStored(flow, load, mongo);
      await mongo.close();
    },
    LONG,
  );

  it(
    'reaches brokers by TLS, mutual TLS, passwords and tokens, and goes on when a wrong login is mended',
    async (context) => {
      needsBroker(context);
      const flow = await flowOf('secured');
      const login = {
        WAYMARK_KAFKA_BROKERS: broker.tls?.address ?? broker.saslAddress,
        ...(broker.tls ? { WAYMARK_KAFKA_TLS: 'on', WAYMARK_KAFKA_TLS_CA_FILE: broker.tls.caFile } : {}),
        WAYMARK_KAFKA_SASL: 'scram-sha-512',
        WAYMARK_KAFKA_USERNAME: KAFKA_LOGIN.username,
        WAYMARK_KAFKA_PASSWORD: KAFKA_LOGIN.password,
      };
      const dataDir = await logFolder(cleanups);
      const wrong = ends(await startSender(flow, dataDir, { ...login, WAYMARK_KAFKA_PASSWORD: 'wrong' }));
      const body = JSON.stringify(Array.from({ length: 60 }, (_, index) => eventOf(`t-${index}`, index)));
      expect((await send(`${wrong.url}/v1/events`, body)).status).toBe(200);
      expect((await send(`${wrong.url}/sinkz`, '', { method: 'GET' })).status).toBe(503);
      expect(wrong.output()).not.toContain('"wrong"');
      await wrong.stop();
      const open = { WAYMARK_KAFKA_TLS: 'off', WAYMARK_KAFKA_TLS_CA_FILE: '' };
      const sasl = { ...open, WAYMARK_KAFKA_BROKERS: broker.saslAddress };
      const other = await logFolder(cleanups);
      const token = path.join(other, 'token');
      await writeFile(token, `${unsignedToken('waymark')}\n`);
      const { mutual } = broker;
      const certificates = mutual && {
        WAYMARK_KAFKA_BROKERS: mutual.address,
        WAYMARK_KAFKA_TLS: 'on',
        WAYMARK_KAFKA_TLS_CA_FILE: mutual.caFile,
        WAYMARK_KAFKA_TLS_CERT_FILE: mutual.certFile,
        WAYMARK_KAFKA_TLS_KEY_FILE: mutual.keyFile,
      };
      const [sender, byToken, ...drains] = await Promise.all([
        startSender(flow, dataDir, { ...login, WAYMARK_KAFKA_COMPRESSION: 'gzip' }).then(ends),
        startSender(flow, path.join(other, 'data'), {
          WAYMARK_KAFKA_BROKERS: broker.saslAddress,
          WAYMARK_KAFKA_SASL: 'oauthbearer',
          WAYMARK_KAFKA_TOKEN_FILE: token,
        }).then(ends),
        startDrain(flow, { ...login, ...sasl, WAYMARK_KAFKA_SASL: 'plain' }).then(ends),
        ...(certificates ? [startDrain(flow, certificates).then(ends)] : []),
      ]);
      const more = Array.from({ length: 60 }, (_, index) => eventOf(`o-${index}`, 60 + index));
      expect((await send(`${byToken.url}/v1/events`, JSON.stringify(more))).status).toBe(200);
      await Promise.all([settled(sender.url), settled(byToken.url), drained(flow)]);
      await Promise.all(
        drains.map((drain) =>
          vi.waitFor(async () => {
            const [partitions] = await metricOf(drain.url, /^waymark_collector_kafka_partitions (\d+)/gm);
            expect(partitions).toBe(4 / drains.length);
          }, 60_000),
        ),
      );
      await vi.waitFor(async () => {
        expect(await client.db(flow.database).collection('events').countDocuments()).toBe(120);
      }, 60_000);
    },
    LONG,
  );
});

describe('drains', () => {
  it(
    `are killed at every point, and the collectors too, without loss or repetition`,
    async (context) => {
      needsBroker(context);
      const flow = await flowOf('killed');
      const points = [
        'insert.before',
        'insert.after',
        'derive.before',
        'derive.after',
        'commit.before',
        'commit.after',
      ];
      const plans = DEEP
        ? Array.from({ length: 60 }, (_, round) => points[round % 7])
        : [...points, undefined];
      const dataDir = await logFolder(cleanups);
      const load = new Load('killed');
      for (const [round, point] of plans.entries()) {
        const crash = (['send.before', 'send.after', undefined] as const)[round % 3];
        const [drain, first] = await Promise.all([
          startDrain(flow, crashAt(point, 1 + (round % 3))).then(ends),
          startSender(flow, dataDir, crashAt(crash, 1 + round)).then(ends),
        ]);
        let sender = first;
        const stop = new AbortController();
        let running = load.run(sender.url, 3, stop.signal, 30);
        if (crash !== undefined) {
          await sender.ended;
          sender = ends(await startSender(flow, dataDir));
          running = Promise.all([running, load.run(sender.url, 3, stop.signal, 30)]).then(() => undefined);
        }
        if (point === undefined) await wait(1_000 + Math.random() * 2_000);
        else await drain.ended;
        await Promise.all([drain.kill(), sender.kill()]);
        stop.abort();
        await running;
      }
      const [sender, drain] = [ends(await startSender(flow, dataDir)), ends(await startDrain(flow))];
      await load.finish(sender.url);
      await settled(sender.url);
      await drained(flow);
      await expectAllStored(flow, load);
      expect((await drain.stop()).code).toBe(0);
    },
    LONG,
  );

  it(
    'share the partitions: others join, leave and die under load',
    async (context) => {
      needsBroker(context);
      const flow = await flowOf('shared');
      const [sender, first] = await startBoth(flow);
      const partitionsOf = async (url: string) =>
        (await metricOf(url, /^waymark_collector_kafka_partitions (\d+)/gm))[0];
      const has = async (drain: CollectorProcess, partitions: number): Promise<void> => {
        for (const deadline = Date.now() + 45_000; (await partitionsOf(drain.url)) !== partitions;) {
          if (Date.now() > deadline) throw new Error(`the drain did not get ${partitions} partitions`);
          await wait(100);
        }
      };
      const load = await loadDuring(sender.url, 'shared', async () => {
        await has(first, 4);
        const second = ends(await startDrain(flow));
        await Promise.all([has(first, 2), has(second, 2)]);
        await wait(1_000);
        expect((await second.stop()).code).toBe(0);
        await has(first, 4);
        const third = ends(await startDrain(flow));
        await has(third, 2);
        await wait(500);
        await third.kill();
        await has(first, 4);
      });
      await settled(sender.url);
      await drained(flow);
      await expectAllStored(flow, load);
      const [rebalances] = await metricOf(first.url, /^waymark_collector_kafka_rebalances_total (\d+)/gm);
      expect(rebalances).toBeGreaterThanOrEqual(4);
    },
    LONG,
  );

  it(
    'work off a week-old backlog, with memory bounded',
    async (context) => {
      needsBroker(context);
      const flow = await flowOf('backlog', { topicSettings: { 'retention.ms': '-1' } });
      const events = DEEP ? 500_000 : 20_000;
      const weekAgo = new Date(Date.now() - 7 * 86_400_000);
      for (let at = 0; at < events; at += 10_000) {
        const lines = Array.from({ length: 10_000 }, (_, index) => eventOf(`old-${at + index}`, at + index));
        await fillTopic(flow, lines, weekAgo);
      }
      const drain = ends(await startDrain(flow, { WAYMARK_QUEUE_MEMORY_MB: '4' }));
      await drained(flow, LONG);
      const [memory] = await metricOf(drain.url, /^process_resident_memory_bytes (\S+)/gm);
      expect(memory).toBeLessThan(500 * 2 ** 20);
      const sent = new Set(Array.from({ length: events }, (_, index) => `old-${index}`));
      await expectStored(client.db(flow.database), sent, sent);
    },
    LONG,
  );
});

if (DEEP) {
  describe('three brokers', () => {
    it(
      'may each be lost in turn, the coordinator among them, and two go on acknowledging',
      async (context) => {
        needsBroker(context);
        const brokers = await startBrokers(3);
        cleanups.push(() => Promise.all(brokers.map((one) => one.stop())));
        const flow = await createFlow({
          broker: brokers[0] ?? broker,
          name: 'three',
          uri: inject('mongoUri'),
          topicSettings: { 'min.insync.replicas': '2' },
          addresses: brokers.map(({ address }) => address),
        });
        used.add(flow.database);
        const durable = { WAYMARK_DURABILITY: 'brokers' };
        const sender = ends(await startSender(flow, await logFolder(cleanups), durable));
        ends(await startDrain(flow));
        const answersWithTwo = async (name: string): Promise<void> => {
          const body = JSON.stringify(eventOf(`two-${name}`, 1));
          for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
            if ((await send(`${sender.url}/v1/events`, body)).status === 200) return;
          }
          throw new Error('two brokers of three did not acknowledge');
        };
        const load = await loadDuring(sender.url, 'three', async () => {
          for (const [index, one] of brokers.entries()) {
            await one.kill();
            await answersWithTwo(String(index));
            await wait(10_000);
            await one.start();
            await wait(5_000);
          }
        });
        await load.finish(sender.url);
        await settled(sender.url, LONG);
        await drained(flow, LONG);
        const db = client.db(flow.database);
        expect(
          await db.collection<{ _id: string }>('events').countDocuments({ _id: { $regex: '^two-' } }),
        ).toBe(3);
        await db.collection<{ _id: string }>('events').deleteMany({ _id: { $regex: '^two-' } });
        const stored = new Set(
          (await db.collection('events').find().toArray()).map(({ _id }) => String(_id)),
        );
        expect(load.acknowledged.size).toBe(load.sent.size);
        expect([...load.acknowledged].filter((id) => !stored.has(id))).toEqual([]);
        expect(stored.size).toBe(load.sent.size);
      },
      LONG,
    );
  });
}
