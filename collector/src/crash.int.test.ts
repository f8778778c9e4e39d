import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { CRASH_POINTS } from './faults';
import { expectStored, settled } from './testing/checkStored';
import { Load } from './testing/load';
import { DEEP, startCollector, temporaryFolder } from './testing/runCollector';

const DATABASE = 'collector_crash';
let client: MongoClient;

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
});
afterAll(async () => {
  await client.db(DATABASE).dropDatabase();
  await client.close();
});

/** How often the process dies: at every named point, early and later, and at random moments. */
const ROUNDS = DEEP ? 300 : 18;

const plans = Array.from({ length: ROUNDS }, (_, round) => {
  const point = CRASH_POINTS[round % (CRASH_POINTS.length + 1)];
  return point === undefined ? null : `${point}:${1 + ((round * 7) % 4)}`;
});

describe('a collector that is killed', () => {
  it(
    `keeps every acknowledged event through ${ROUNDS} kills, once, and derives the same`,
    async () => {
      const { folder: dataDir, remove } = await temporaryFolder();
      const load = new Load('crash');
      const reached = new Set<string>();
      for (const plan of plans) {
        const collector = await startCollector({
          uri: inject('mongoUri'),
          database: DATABASE,
          dataDir,
          env: { WAYMARK_LOG_SEGMENT_MB: '0.0625', ...(plan === null ? {} : { WAYMARK_CRASH_AT: plan }) },
        });
        const stop = new AbortController();
        const running = load.run(collector.url, 3, stop.signal, 30);
        if (plan === null) {
          await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 900));
        } else {
          // It kills itself at the named point, however long a busy machine takes to get there.
          await collector.ended;
          reached.add(plan.split(':')[0] ?? '');
        }
        await collector.kill();
        stop.abort();
        await running;
      }
      const last = await startCollector({ uri: inject('mongoUri'), database: DATABASE, dataDir });
      await load.finish(last.url);
      await settled(last.url);
      await expectStored(client.db(DATABASE), load.acknowledged, load.sent);
      expect(load.acknowledged.size).toBe(load.sent.size);
      expect(load.acknowledged.size).toBeGreaterThan(ROUNDS * 20);
      expect([...reached].sort()).toEqual([...CRASH_POINTS].sort());
      expect((await last.stop()).code).toBe(0);
      await remove();
    },
    DEEP ? 3_600_000 : 600_000,
  );
});
