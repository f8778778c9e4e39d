import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReplicaSet, startReplicaSet } from '../../scripts/testing/mongod';
import { expectStored, settled } from './testing/checkStored';
import { eventOf, loadDuring, send } from './testing/load';
import { DEEP, startCollector, temporaryFolder } from './testing/runCollector';

const LONG = DEEP ? 1_800_000 : 150_000;
const OUTAGE_MS = DEEP ? 180_000 : 15_000;
/** By then a first connection has been given up. */
const GIVEN_UP_MS = 7_000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Tests that share one outage: each waits here for the others, and what is to happen then happens once. */
class Meeting {
  private arrived = 0;
  private meet: () => void = () => undefined;
  private readonly met = new Promise<void>((resolve) => (this.meet = resolve)).then(() => this.happening());

  constructor(private readonly happening: () => Promise<void>) {}

  arrive(): Promise<void> {
    this.arrived += 1;
    if (this.arrived === 3) this.meet();
    return this.met;
  }
}

// Most of the time here is waiting, so the waits are side by side.
describe.concurrent('while the database is away', () => {
  let server: ReplicaSet;
  const leaving = new Meeting(async () => server.members[0]?.kill());
  const returning = new Meeting(async () => server.members[0]?.start());
  beforeAll(async () => {
    server = await startReplicaSet();
  });
  afterAll(() => server.stop());

  it(
    'goes on acknowledging, and has everything stored after it is back',
    async () => {
      const { folder: dataDir, remove } = await temporaryFolder();
      const env = { WAYMARK_QUEUE_MEMORY_MB: '1' };
      const collector = await startCollector({ uri: server.uri, database: 'outage', dataDir, env });
      const load = await loadDuring(collector.url, 'outage', async () => {
        await leaving.arrive();
        const sink = await send(`${collector.url}/sinkz`, '', { method: 'GET' });
        expect(sink.status).toBe(503);
        await wait(OUTAGE_MS);
        expect((await send(`${collector.url}/livez`, '', { method: 'GET' })).status).toBe(200);
        expect((await send(`${collector.url}/readyz`, '', { method: 'GET' })).status).toBe(200);
        await returning.arrive();
      });
      expect([...load.statuses.keys()]).toEqual([200]);
      await settled(collector.url, LONG);
      const client = await MongoClient.connect(server.uri);
      await expectStored(client.db('outage'), load.acknowledged, load.sent);
      await client.close();
      expect((await collector.stop()).code).toBe(0);
      await remove();
    },
    LONG,
  );

  it(
    'refuses with 429 and Retry-After when the log is full, and takes more once there is room',
    async () => {
      const { folder: dataDir, remove } = await temporaryFolder();
      const env = { WAYMARK_LOG_LIMIT_MB: '1', WAYMARK_QUEUE_MEMORY_MB: '1' };
      const collector = await startCollector({ uri: server.uri, database: 'full', dataDir, env });
      const load = await loadDuring(collector.url, 'full', async () => {
        await leaving.arrive();
        const padding = 'x'.repeat(30_000);
        let status = 200;
        for (let index = 0; status === 200 && index < 200; index += 1) {
          const answer = await send(
            `${collector.url}/v1/events`,
            JSON.stringify({
              messageId: `pad-${index}`,
              userId: 'pad',
              eventType: 'pad',
              timestamp: '2026-01-05T08:00:00Z',
              properties: { padding },
            }),
          );
          status = answer.status;
          const seconds = Number(answer.headers['retry-after']);
          if (status !== 200) expect(seconds >= 1 && seconds <= 300 && Number.isInteger(seconds)).toBe(true);
        }
        expect(status).toBe(429);
        expect((await send(`${collector.url}/readyz`, '', { method: 'GET' })).status).toBe(503);
        await returning.arrive();
      });
      await load.finish(collector.url);
      await settled(collector.url, LONG);
      const client = await MongoClient.connect(server.uri);
      const db = client.db('full');
      await db.collection('events').deleteMany({ eventType: 'pad' });
      await db.collection('users').deleteMany({ name: 'none' });
      const stored = new Set((await db.collection('events').find().toArray()).map(({ _id }) => String(_id)));
      expect([...load.acknowledged].filter((id) => !stored.has(id))).toEqual([]);
      expect(load.acknowledged.size).toBe(load.sent.size);
      await client.close();
      await collector.stop();
      await remove();
    },
    LONG,
  );

  it(
    'takes events when it begins before the database, and has them stored once it is there',
    async () => {
      const { folder: dataDir, remove } = await temporaryFolder();
      await leaving.arrive();
      const collector = await startCollector({ uri: server.uri, database: 'before', dataDir });
      const answer = await send(`${collector.url}/v1/events`, JSON.stringify(eventOf('early', 1)));
      expect(answer.status).toBe(200);
      await wait(GIVEN_UP_MS);
      await returning.arrive();
      await settled(collector.url, LONG);
      const client = await MongoClient.connect(server.uri);
      expect(await client.db('before').collection('events').countDocuments()).toBe(1);
      await client.close();
      expect((await collector.stop()).code).toBe(0);
      await remove();
    },
    LONG,
  );
});

describe.concurrent('a replica set that fails over', () => {
  it(
    'loses nothing and stores nothing twice when the primary is killed under load',
    async () => {
      const server = await startReplicaSet({ members: 3 });
      const { folder: dataDir, remove } = await temporaryFolder();
      const collector = await startCollector({ uri: server.uri, database: 'failover', dataDir });
      try {
        const load = await loadDuring(collector.url, 'failover', async () => {
          const before = await server.primary();
          await before.kill();
          const after = await server.primary();
          expect(after.port).not.toBe(before.port);
          await wait(1_000);
          await before.start();
        });
        await load.finish(collector.url);
        await settled(collector.url, 120_000);
        const client = await MongoClient.connect(server.uri);
        await expectStored(client.db('failover'), load.acknowledged, load.sent);
        await client.close();
      } finally {
        await collector.stop();
        await server.stop();
        await remove();
      }
    },
    LONG,
  );
});
