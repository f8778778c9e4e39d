import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { COMPACTOR_POINTS } from '../../../src/analytics/columns/compact/crashPoints';
import { DatabaseColumns } from '../../../src/analytics/columns/live/databaseColumns';
import { describeColumns } from '../../../src/analytics/columns/live/describeColumns';
import { rowsOfEvents, rowsOfSnapshot } from '../../../src/analytics/columns/testing/rowsOf';
import { openSource } from '../../../src/analytics/source/openSource';
import { send } from '../testing/load';
import { ADMIN_KEY, DEEP, startCollector, temporaryFolder } from '../testing/runCollector';

const DATABASE = 'collector_compactor';
let client: MongoClient;

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
  await client.db(DATABASE).dropDatabase();
});
afterAll(async () => {
  await client.db(DATABASE).dropDatabase();
  await client.close();
});

/** Points that are passed once in the life of columns, in this order. */
const ONCE = ['begin.before', 'begin.after', 'build.complete'] as const;

/** Points that a step passes again and again. */
const OFTEN = COMPACTOR_POINTS.filter(
  (point) => /^(follow|build)\./.test(point) && !ONCE.some((once) => once === point),
);

/** Blocks are collected once a minute, so the last two take their time. Removals leave images, so none is recounted. */
const PLANS = DEEP
  ? [...ONCE, ...OFTEN.flatMap((point) => [point, `${point}:2`]), 'collect.before', 'collect.after']
  : ['follow.noted', 'build.numbered', 'build.published'];

let sent = 0;
const post = async (url: string, some: number): Promise<void> => {
  const events = Array.from({ length: some }, () => ({
    messageId: `m${++sent}`,
    userId: `u${sent % 5}`,
    eventType: 'page_view',
    timestamp: new Date(Date.now() - (sent % 60) * 3_600_000).toISOString(),
    page: { path: `/secret-of-u${sent % 5}` },
  }));
  await send(`${url}/v1/events`, JSON.stringify(events));
};

/** Waits for a condition that the collector brings about by itself. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 100));
}

describe('the compactor inside a collector', () => {
  it(
    'dies with the process anywhere and has blocks equal to the events when it has come back',
    async () => {
      const { folder: dataDir, remove } = await temporaryFolder();
      const start = (env: Record<string, string> = {}) =>
        startCollector({
          uri: inject('mongoUri'),
          database: DATABASE,
          dataDir,
          env: { WAYMARK_COMPACT_SECONDS: '0.1', ...env },
        });
      for (const plan of PLANS) {
        const collector = await start({ WAYMARK_COMPACTOR_CRASH_AT: plan });
        const posting = setInterval(() => void post(collector.url, 20).catch(() => undefined), 100);
        await collector.ended;
        clearInterval(posting);
        // The next one need not wait for the dead one's lease.
        await client
          .db(DATABASE)
          .collection('columnBuckets')
          .updateMany({}, { $unset: { leaseBy: '', leaseUntil: '' } });
      }
      const collector = await start();
      await post(collector.url, 50);
      const source = await openSource({ uri: inject('mongoUri'), database: DATABASE });
      const columns = new DatabaseColumns(source);
      await until(async () => {
        const { complete, events } = await describeColumns(source);
        return complete && events === (await client.db(DATABASE).collection('events').countDocuments());
      });
      expect(await rowsOfSnapshot(await columns.snapshot())).toEqual(await rowsOfEvents(source));
      const metrics = await (await fetch(`${collector.url}/metrics`)).text();
      expect(metrics).toMatch(/waymark_collector_columns_built_total [1-9]/);

      // Nothing is left of a person who asks to be forgotten, in blocks as well.
      const erased = await send(`${collector.url}/v1/users/u1`, '', { method: 'DELETE', key: ADMIN_KEY });
      expect(erased.status).toBe(200);
      const snapshot = await columns.snapshot();
      expect(await snapshot.userIds()).not.toContain('u1');
      const rows = await rowsOfSnapshot(snapshot);
      expect(rows).toEqual(await rowsOfEvents(source));
      expect(rows.join()).not.toContain('secret-of-u1');
      expect((await collector.stop()).code).toBe(0);
      await source.close();
      await remove();
    },
    DEEP ? 1_200_000 : 120_000,
  );
});
