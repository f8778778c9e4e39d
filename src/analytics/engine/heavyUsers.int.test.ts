import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { INDEXES } from '../../shared/model/indexes';
import { parseReport, type ReportInput } from '../../shared/reports/report';
import type { FunnelData, JourneyData, KpisData, PathsData, UsersData } from '../../shared/reports/result';
import { openSource } from '../source/openSource';
import type { Source } from '../source/source';
import { runReport } from './runReport';

const DATABASE = 'heavy_users_int';
const START = Date.UTC(2026, 0, 5);
/** Events of the one user; in a deep run more than a document or an array on the server may hold. */
const EVENTS = process.env['WAYMARK_DEEP'] === '1' ? 1_000_000 : 30_000;
const AT_ONE_INSTANT = 1_000;
const TYPES = ['visit', 'cart', 'pay'] as const;
const range = { from: '2026-01-05', to: '2026-01-31', timezone: 'UTC' };
const MINUTES = 60_000;

/** Above what the process and the server held before, MB: whatever the user's history, the app and the server stay up. */
const MOST_MB = 1_500;

let client: MongoClient;
let source: Source;
let watch: MemoryWatch;

/** Samples the memory of this process and of the server while reports run. */
class MemoryWatch {
  readonly #before: { app: number; server: number };
  #app = 0;
  #server = 0;
  readonly #timer: NodeJS.Timeout;

  private constructor(before: { app: number; server: number }) {
    this.#before = before;
    this.#timer = setInterval(() => void this.#sample(), 200);
  }

  static async start(): Promise<MemoryWatch> {
    return new MemoryWatch({ app: process.memoryUsage().rss, server: await allocatedByServer() });
  }

  async #sample(): Promise<void> {
    this.#app = Math.max(this.#app, process.memoryUsage().rss);
    this.#server = Math.max(this.#server, await allocatedByServer().catch(() => 0));
  }

  async stop(): Promise<{ appMb: number; serverMb: number }> {
    clearInterval(this.#timer);
    await this.#sample();
    const { app, server } = this.#before;
    return {
      appMb: Math.round((this.#app - app) / 2 ** 20),
      serverMb: Math.round((this.#server - server) / 2 ** 20),
    };
  }
}

async function allocatedByServer(): Promise<number> {
  const status = await client.db('admin').command({ serverStatus: 1 });
  const allocator = status['tcmalloc'] as { generic?: { current_allocated_bytes?: number } } | undefined;
  return Number(allocator?.generic?.current_allocated_bytes ?? 0);
}

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
  const events = client.db(DATABASE).collection<{ _id: string }>('events');
  await client.db(DATABASE).dropDatabase();
  for (let at = 0; at < EVENTS; at += 10_000) {
    await events.insertMany(
      Array.from({ length: Math.min(10_000, EVENTS - at) }, (_, index) => ({
        _id: `e${String(at + index).padStart(8, '0')}`,
        userId: 'robot',
        eventType: TYPES[(at + index) % TYPES.length],
        // The first thousand at one instant, then one a second.
        timestamp: new Date(START + Math.max(0, at + index - AT_ONE_INSTANT + 1) * 1000),
        device: 'server',
        properties: {},
      })),
    );
  }
  for (const { collection, key } of INDEXES) {
    if (collection === 'events') await events.createIndex({ ...key });
  }
  source = await openSource({ uri: inject('mongoUri'), database: DATABASE });
  watch = await MemoryWatch.start();
}, 5 * MINUTES);

afterAll(async () => {
  await source.close();
  await client.db(DATABASE).dropDatabase();
  await client.close();
});

async function run<T>(report: object): Promise<T> {
  const parsed = parseReport({ version: 1, range, ...report } as ReportInput);
  const { data } = await runReport({ report: parsed, source, now: START + 31 * 86_400_000 });
  return data as T;
}

describe(`a user with ${EVENTS.toLocaleString('en')} events, ${AT_ONE_INSTANT} of them in one millisecond`, () => {
  const funnels: readonly object[] = [
    {},
    { entry: 'first' },
    { windowPerStep: true },
    { order: 'strict' },
    { order: 'any' },
    { exclusions: [{ event: 'nothing', afterStep: 1, beforeStep: 3 }] },
    { exclusions: [{ event: 'nothing', afterStep: 1, beforeStep: 3 }], exclusionRule: 'void' },
    { breakdown: 'device' },
    { countBy: 'sessions' },
  ];
  it.each(funnels)(
    'converts in a funnel with %j',
    async (keys) => {
      const { steps } = await run<FunnelData>({ kind: 'funnel', steps: TYPES, ...keys });
      expect(steps.map(({ count }) => count)).toEqual([1, 1, 1]);
    },
    2 * MINUTES,
  );

  it(
    'is one user with one session in key figures, and the longest of paths',
    async () => {
      expect(await run<KpisData>({ kind: 'kpis' })).toMatchObject({ users: 1, sessions: 1, events: EVENTS });
      const { units } = await run<PathsData>({ kind: 'paths', unit: 'user', steps: 3 });
      expect(units).toBe(1);
    },
    2 * MINUTES,
  );

  it(
    'has a journey whose page holds a thousand events, and a row among the users',
    async () => {
      const journey = await run<JourneyData>({ kind: 'journey', userId: 'robot', limit: 1 });
      expect(journey.totals).toMatchObject({ sessions: 1, events: EVENTS });
      expect(journey.sessions[0]?.events).toHaveLength(1_000);
      expect(journey.sessions[0]?.nextEvent).toBeDefined();
      const { users } = await run<UsersData>({ kind: 'users' });
      expect(users).toMatchObject([{ userId: 'robot', events: EVENTS, sessions: 1 }]);
    },
    2 * MINUTES,
  );

  it('neither filled the app nor the server', async () => {
    const { appMb, serverMb } = await watch.stop();
    process.stdout.write(`memory above the beginning: app ${appMb} MB, server ${serverMb} MB\n`);
    expect(appMb).toBeLessThan(MOST_MB);
    expect(serverMb).toBeLessThan(MOST_MB);
  });
});
