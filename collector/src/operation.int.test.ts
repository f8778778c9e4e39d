import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { settled } from './testing/checkStored';
import { send } from './testing/load';
import {
  ADMIN_KEY,
  bundleCollector,
  type CollectorProcess,
  DEEP,
  startCollector,
  temporaryFolder,
  WRITE_KEY,
} from './testing/runCollector';

const run = promisify(execFile);
const DATABASE = 'collector_operation';
const OTHER = 'collector_operation_other';
let client: MongoClient;
let collector: CollectorProcess;
let remove: () => Promise<void>;

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
  const folder = await temporaryFolder();
  remove = folder.remove;
  collector = await startCollector({
    uri: inject('mongoUri'),
    database: DATABASE,
    dataDir: folder.folder,
    env: { WAYMARK_KEYS: `${WRITE_KEY},other-key:${OTHER}` },
  });
});
afterAll(async () => {
  await collector.stop();
  await remove();
  await client.db(DATABASE).dropDatabase();
  await client.db(OTHER).dropDatabase();
  await client.close();
});

const post = (body: unknown, key: string) =>
  send(`${collector.url}/v1/events`, JSON.stringify(body), { key });
const eventOf = (messageId: string, ids: object) => ({
  messageId,
  ...ids,
  eventType: 'click',
  timestamp: '2026-03-01T10:00:00Z',
});

describe('projects', () => {
  it('keep the same event id apart', async () => {
    await post(eventOf('same', { userId: 'one' }), WRITE_KEY);
    await post(eventOf('same', { userId: 'two' }), 'other-key');
    await settled(collector.url);
    const userOf = async (database: string): Promise<unknown> =>
      (
        await client
          .db(database)
          .collection<{ _id: string; userId: string }>('events')
          .findOne({ _id: 'same' })
      )?.userId;
    expect([await userOf(DATABASE), await userOf(OTHER)]).toEqual(['one', 'two']);
  });
});

describe('a person', () => {
  it('is exported and deleted under any of their ids, from every collection, and that is audited', async () => {
    await post(
      [
        eventOf('p-1', { anonymousId: 'p-visitor' }),
        eventOf('p-2', { userId: 'p-user', anonymousId: 'p-visitor' }),
        eventOf('p-3', { userId: 'bystander' }),
        { ...eventOf('p-4', { userId: 'p-user' }), colour: 'refused' },
      ],
      WRITE_KEY,
    );
    await settled(collector.url);
    const url = `${collector.url}/v1/users/p-visitor`;
    expect((await send(url, '', { method: 'DELETE' })).status).toBe(403);
    expect((await send(url, '', { method: 'DELETE', key: null })).status).toBe(401);
    const exported = await send(`${url}/export`, '', { method: 'GET', key: ADMIN_KEY });
    const lines = exported.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { collection: string });
    expect(new Set(lines.map(({ collection }) => collection))).toEqual(
      new Set(['users', 'profiles', 'identities', 'sessions', 'events']),
    );
    const deleted = await send(url, '', { method: 'DELETE', key: ADMIN_KEY });
    expect(JSON.parse(deleted.body)).toMatchObject({
      deleted: { events: 2, sessions: 1, users: 1, profiles: 2, identities: 1, deadLetters: 1 },
    });
    const db = client.db(DATABASE);
    for (const { name } of await db.listCollections().toArray()) {
      const left = JSON.stringify(await db.collection(name).find().toArray());
      expect(`${name} ${left}`).not.toMatch(/p-user|p-visitor/);
    }
    expect(await db.collection('audit').countDocuments({ action: { $in: ['erase', 'export'] } })).toBe(2);
    expect(await db.collection<{ _id: string }>('users').countDocuments({ _id: 'bystander' })).toBe(1);
    expect((await send(url, '', { method: 'DELETE', key: ADMIN_KEY })).status).toBe(404);
  });
});

describe('keys', () => {
  it('are added and revoked by command, hashed, and take effect in a running collector', async () => {
    const file = await bundleCollector();
    const env = { ...process.env, WAYMARK_URI: inject('mongoUri'), WAYMARK_DB: DATABASE };
    const keys = (...args: string[]) => run(process.execPath, [file, 'keys', ...args], { env });
    const { stdout } = await keys('add', '--name', 'web');
    const key = stdout.trim();
    expect(key).toMatch(/^wmk_/);
    expect(
      JSON.stringify(await client.db(DATABASE).collection('collectorKeys').find().toArray()),
    ).not.toContain(key);
    const answers = async (status: number): Promise<void> => {
      for (const deadline = Date.now() + 15_000; Date.now() < deadline;) {
        if ((await post(eventOf('k-1', { userId: 'k' }), key)).status === status) return;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      throw new Error(`no ${status} within 15 s`);
    };
    await answers(200);
    expect((await keys('list')).stdout).toMatch(/^web\t\S+\twrite\t/);
    await expect(keys('add', '--name', 'web')).rejects.toMatchObject({ code: 2 });
    await keys('revoke', 'web');
    await answers(401);
  });
});

describe('limits', () => {
  it('refuse more events than a key may send, and say when to come again', async () => {
    const { folder, remove: removeFolder } = await temporaryFolder();
    const env = { WAYMARK_RATE_LIMIT: '10' };
    const limited = await startCollector({
      uri: inject('mongoUri'),
      database: DATABASE,
      dataDir: folder,
      env,
    });
    const batch = JSON.stringify(
      Array.from({ length: 60 }, (_, index) => eventOf(`l-${index}`, { userId: 'l' })),
    );
    expect((await send(`${limited.url}/v1/events`, batch)).status).toBe(200);
    const refused = await send(`${limited.url}/v1/events`, batch);
    expect(refused.status).toBe(429);
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds >= 1 && seconds <= 10).toBe(true);
    await limited.stop();
    await removeFolder();
  });

  it(
    'keep memory flat and /livez quick while far more comes than can be taken, and lose nothing accepted',
    async () => {
      const { folder, remove: removeFolder } = await temporaryFolder();
      const database = 'collector_overload';
      const env = { WAYMARK_LOG_LIMIT_MB: '12', WAYMARK_QUEUE_MEMORY_MB: '4', WAYMARK_BODIES_MEMORY_MB: '8' };
      const busy = await startCollector({ uri: inject('mongoUri'), database, dataDir: folder, env });
      const acknowledged: string[] = [];
      const statuses = new Map<number, number>();
      const until = Date.now() + (DEEP ? 60_000 : 8_000);
      let next = 0;
      const sender = async (): Promise<void> => {
        while (Date.now() < until) {
          const ids = Array.from({ length: 300 }, () => `o-${(next += 1)}`);
          const body = JSON.stringify(
            ids.map((id) => ({
              ...eventOf(id, { userId: `o-${next % 40}` }),
              properties: { padding: 'x'.repeat(300) },
            })),
          );
          const { status, headers } = await send(`${busy.url}/v1/events`, body);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (status === 200) acknowledged.push(...ids);
          else {
            const seconds = Number(headers['retry-after']);
            expect([status, seconds >= 1 && seconds <= 300]).toEqual([429, true]);
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        }
      };
      const waits: number[] = [];
      let memory = 0;
      const watcher = async (): Promise<void> => {
        while (Date.now() < until) {
          const startedAt = performance.now();
          expect((await send(`${busy.url}/livez`, '', { method: 'GET' })).status).toBe(200);
          waits.push(performance.now() - startedAt);
          const { body } = await send(`${busy.url}/metrics`, '', { method: 'GET' });
          memory = Math.max(memory, Number(/^process_resident_memory_bytes (\S+)/m.exec(body)?.[1]));
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      };
      await Promise.all([...Array.from({ length: 24 }, sender), watcher()]);
      expect(statuses.get(429)).toBeGreaterThan(0);
      expect(memory).toBeLessThan(600 * 2 ** 20);
      waits.sort((a, b) => a - b);
      expect(waits[Math.floor(waits.length / 2)]).toBeLessThan(DEEP ? 100 : 500);
      await settled(busy.url, 120_000);
      const stored = new Set(
        (
          await client
            .db(database)
            .collection('events')
            .find({}, { projection: { _id: 1 } })
            .toArray()
        ).map(({ _id }) => String(_id)),
      );
      expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
      await busy.stop();
      await client.db(database).dropDatabase();
      await removeFolder();
    },
    DEEP ? 400_000 : 170_000,
  );
});
