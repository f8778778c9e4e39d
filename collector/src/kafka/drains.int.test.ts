import { describe, expect, it } from 'vitest';
import { expectStored, settled } from '../testing/checkStored';
import { drained, fillTopic } from '../testing/kafkaFlow';
import { eventOf, Load, loadDuring } from '../testing/load';
import { type CollectorProcess, DEEP } from '../testing/runCollector';
import { KAFKA_TEST_MS, metricOf, useKafka } from '../testing/useKafka';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Makes a process kill itself when it passes a point for the n-th time. */
const crashAt = (point: string | undefined, times: number): Record<string, string> =>
  point === undefined ? {} : { WAYMARK_CRASH_AT: `${point}:${times}` };

const kafka = useKafka();

describe('drains', () => {
  it(
    `are killed at every point, and the collectors too, without loss or repetition`,
    async (context) => {
      kafka.needsBroker(context);
      const flow = await kafka.flowOf('killed');
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
      const dataDir = await kafka.logFolder();
      const load = new Load('killed');
      for (const [round, point] of plans.entries()) {
        const crash = (['send.before', 'send.after', undefined] as const)[round % 3];
        const [drain, first] = await Promise.all([
          kafka.drain(flow, crashAt(point, 1 + (round % 3))),
          kafka.sender(flow, dataDir, crashAt(crash, 1 + round)),
        ]);
        let sender = first;
        const stop = new AbortController();
        let running = load.run(sender.url, 3, stop.signal, 30);
        if (crash !== undefined) {
          await sender.ended;
          sender = await kafka.sender(flow, dataDir);
          running = Promise.all([running, load.run(sender.url, 3, stop.signal, 30)]).then(() => undefined);
        }
        if (point === undefined) await wait(1_000 + Math.random() * 2_000);
        else await drain.ended;
        await Promise.all([drain.kill(), sender.kill()]);
        stop.abort();
        await running;
      }
      const [sender, drain] = [await kafka.sender(flow, dataDir), await kafka.drain(flow)];
      await load.finish(sender.url);
      await settled(sender.url);
      await drained(flow);
      await kafka.expectAllStored(flow, load);
      expect((await drain.stop()).code).toBe(0);
    },
    KAFKA_TEST_MS,
  );

  it(
    'share the partitions: others join, leave and die under load',
    async (context) => {
      kafka.needsBroker(context);
      const flow = await kafka.flowOf('shared');
      const [sender, first] = await kafka.both(flow);
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
        const second = await kafka.drain(flow);
        await Promise.all([has(first, 2), has(second, 2)]);
        await wait(1_000);
        expect((await second.stop()).code).toBe(0);
        await has(first, 4);
        const third = await kafka.drain(flow);
        await has(third, 2);
        await wait(500);
        await third.kill();
        await has(first, 4);
      });
      await settled(sender.url);
      await drained(flow);
      await kafka.expectAllStored(flow, load);
      const [rebalances] = await metricOf(first.url, /^waymark_collector_kafka_rebalances_total (\d+)/gm);
      expect(rebalances).toBeGreaterThanOrEqual(4);
    },
    KAFKA_TEST_MS,
  );

  it(
    'work off a week-old backlog, with memory bounded',
    async (context) => {
      kafka.needsBroker(context);
      const flow = await kafka.flowOf('backlog', { topicSettings: { 'retention.ms': '-1' } });
      const events = DEEP ? 500_000 : 20_000;
      const weekAgo = new Date(Date.now() - 7 * 86_400_000);
      for (let at = 0; at < events; at += 10_000) {
        const lines = Array.from({ length: 10_000 }, (_, index) => eventOf(`old-${at + index}`, at + index));
        await fillTopic(flow, lines, weekAgo);
      }
      const drain = await kafka.drain(flow, { WAYMARK_QUEUE_MEMORY_MB: '4' });
      await drained(flow, KAFKA_TEST_MS);
      const [memory] = await metricOf(drain.url, /^process_resident_memory_bytes (\S+)/gm);
      expect(memory).toBeLessThan(500 * 2 ** 20);
      const sent = new Set(Array.from({ length: events }, (_, index) => `old-${index}`));
      await expectStored(kafka.client.db(flow.database), sent, sent);
    },
    KAFKA_TEST_MS,
  );
});
