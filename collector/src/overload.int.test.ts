import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { settled } from './testing/checkStored';
import { type Answer, send } from './testing/load';
import { DEEP } from './testing/runCollector';
import { shippedNodeArgs } from './testing/shippedNodeArgs';
import { useCollector } from './testing/useCollector';
import { watchLiveness } from './testing/watchLiveness';

const DATABASE = 'collector_overload';
const STEADY_MS = DEEP ? 30_000 : 3_000;
const BURST_MS = DEEP ? 60_000 : 8_000;
const BATCH = 100;

/** What the container is given. */
const CONTAINER_MB = 768;

const LOG_MB = 12;
const QUEUE_MB = 4;

// A small log is full after seconds of more than the database takes.
const shared = useCollector(DATABASE, {
  env: {
    WAYMARK_LOG_LIMIT_MB: String(LOG_MB),
    WAYMARK_QUEUE_MEMORY_MB: String(QUEUE_MB),
    WAYMARK_BODIES_MEMORY_MB: '8',
  },
  // V8 lets its heap grow for as long as nobody needs the room, so what a process has from the system says little of
  // what it holds. With the image's limit it ends when it holds more, however fast or slow the machine is.
  nodeArgs: shippedNodeArgs(),
});

/** Sends batches of events and keeps account of what became of them. */
class Sender {
  readonly acknowledged: string[] = [];
  readonly statuses = new Map<number, number>();
  readonly badRefusals: Answer[] = [];
  /** A second try sends other events than the first. */
  private readonly name = randomUUID();
  private next = 0;

  async sendBatch(): Promise<void> {
    const ids = Array.from({ length: BATCH }, () => `${this.name}-${(this.next += 1)}`);
    const body = JSON.stringify(
      ids.map((messageId, index) => ({
        messageId,
        userId: `o-${(this.next + index) % 400}`,
        eventType: 'click',
        timestamp: new Date().toISOString(),
        properties: { padding: 'x'.repeat(300) },
      })),
    );
    // A crowd comes on new connections, of which a turn of the event loop takes one: the last may wait for long.
    const answer = await send(`${shared.collector.url}/v1/events`, body, { timeoutMs: 120_000 });
    this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
    if (answer.status === 200) {
      this.acknowledged.push(...ids);
      return;
    }
    const seconds = Number(answer.headers['retry-after']);
    const isRight = answer.status === 429 && Number.isInteger(seconds) && seconds >= 1 && seconds <= 300;
    if (!isRight) this.badRefusals.push(answer);
  }

  /** Sends so many batches a second whatever the answers are, as a crowd of clients does. */
  async sendAtRate(batchesPerSecond: number, forMs: number): Promise<void> {
    const startedAt = performance.now();
    const open = new Set<Promise<void>>();
    let sent = 0;
    for (let elapsed = 0; elapsed < forMs; elapsed = performance.now() - startedAt) {
      const due = Math.floor((elapsed / 1_000) * batchesPerSecond);
      for (; sent < due && open.size < 200; sent += 1) {
        const one = this.sendBatch().finally(() => open.delete(one));
        open.add(one);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await Promise.all(open);
  }
}

/** What was seen of the collector while it was sent events; bytes. */
interface Seen {
  resident: number[];
  log: number[];
}

/** Looks at the collector's memory and log until it is told to stop. */
async function watch(signal: AbortSignal): Promise<Seen> {
  const seen: Seen = { resident: [], log: [] };
  while (!signal.aborted) {
    const { body } = await send(`${shared.collector.url}/metrics`, '', { method: 'GET' });
    seen.resident.push(Number(/^process_resident_memory_bytes (\S+)/m.exec(body)?.[1]));
    seen.log.push(Number(/^waymark_collector_log_bytes (\S+)/m.exec(body)?.[1]));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return seen;
}

const largest = (values: readonly number[]): number => Math.max(...values);

describe('three times as much as usual', () => {
  it(
    'leaves memory flat and /livez answering, is refused with 429 as far as it is too much, and loses nothing accepted',
    async () => {
      const sender = new Sender();
      await settled(shared.collector.url, 120_000);
      // What is usual for this machine: half of what it takes.
      const probeMs = 2_000;
      const stopAt = performance.now() + probeMs;
      const probe = async (): Promise<void> => {
        while (performance.now() < stopAt) await sender.sendBatch();
      };
      await Promise.all(Array.from({ length: 8 }, probe));
      await settled(shared.collector.url, 120_000);
      const usual = (sender.acknowledged.length / BATCH / probeMs) * 1_000 * 0.5;

      const steady = new AbortController();
      const before = watch(steady.signal);
      await sender.sendAtRate(usual, STEADY_MS);
      steady.abort();
      const burst = new AbortController();
      const during = watch(burst.signal);
      const liveness = watchLiveness(shared.collector.url);
      await sender.sendAtRate(usual * 3, BURST_MS);
      burst.abort();
      const waitsMs = await liveness.stop();

      expect(sender.badRefusals, shared.collector.output().slice(-2_000)).toEqual([]);
      expect(sender.statuses.get(429)).toBeGreaterThan(0);
      const { resident, log } = await during;
      const waitOf = (share: number): number =>
        Math.round(waitsMs[Math.min(waitsMs.length - 1, Math.floor(waitsMs.length * share))] ?? Infinity);
      process.stdout.write(
        `${JSON.stringify({
          usualPerSecond: Math.round(usual * BATCH),
          statuses: Object.fromEntries(sender.statuses),
          livezMs: [0.5, 0.95, 0.99, 1].map(waitOf),
          memoryMb: [largest((await before).resident), resident[0] ?? 0, largest(resident)].map((bytes) =>
            Math.round(bytes / 2 ** 20),
          ),
        })}\n`,
      );
      // It lives, so its heap never held more than the image's limit; the whole process, threads included, fits its container.
      expect(largest(resident)).toBeLessThan(CONTAINER_MB * 2 ** 20);
      expect(largest(log)).toBeLessThanOrEqual(LOG_MB * 2 ** 20);
      if (DEEP) {
        const third = Math.ceil(resident.length / 3);
        expect(largest(resident.slice(-third))).toBeLessThan(
          largest(resident.slice(0, third)) * 1.25 + 2 ** 26,
        );
        // Milliseconds say something only of a machine that has nothing else to do.
        expect(waitOf(0.95)).toBeLessThan(100);
      }

      await settled(shared.collector.url, 240_000);
      const events = shared.client.db(DATABASE).collection<{ _id: string }>('events');
      const stored = new Set<string>();
      for await (const { _id } of events.find({}, { projection: { _id: 1 } })) stored.add(_id);
      expect(sender.acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    },
    DEEP ? 600_000 : 480_000,
  );
});
