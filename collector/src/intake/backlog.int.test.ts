import { afterEach, describe, expect, it } from 'vitest';
import { WriteAheadLog } from '../log/writeAheadLog';
import { temporaryFolder } from '../testing/runCollector';
import { Backlog } from './backlog';
import { encodeEntry, encodeParcel, type Entry, openParcel } from './entry';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function openLog(): Promise<WriteAheadLog> {
  const { folder: dir, remove } = await temporaryFolder();
  cleanups.push(remove);
  const { log } = await WriteAheadLog.open({
    dir,
    limitBytes: 2 ** 26,
    segmentBytes: 2 ** 20,
    reached: () => undefined,
    onDamaged: (bytes) => {
      throw new Error(`${bytes} bytes are damaged`);
    },
  });
  cleanups.push(() => log.close());
  return log;
}

const entryOf = (number: number): Entry => ({
  database: `project-${number % 3}`,
  items: Array.from({ length: 100 }, (_, index) => ({
    kind: 'event',
    event: {
      _id: `e-${number}-${index}`,
      userId: `u-${index}`,
      eventType: 'click',
      timestamp: new Date(1e12 + index),
      receivedAt: new Date(1e12),
      clock: { original: new Date(1e12 + index), sentAt: new Date(1e12) },
      properties: { number, text: 'Ä' },
    },
  })),
  deadLetters: [],
});

describe('what waits for the database', () => {
  it.each([
    ['entries within its memory', 2 ** 26, encodeEntry],
    ['entries beyond it, in the log alone', 2 ** 18, encodeEntry],
    ['parcels within its memory', 2 ** 26, encodeParcel],
    ['parcels beyond it, in the log alone', 2 ** 18, encodeParcel],
  ])('comes back whole and in order: %s', async (_, memoryBytes, encode) => {
    const log = await openLog();
    const backlog = new Backlog(log, memoryBytes);
    const entries = Array.from({ length: 150 }, (_, number) => entryOf(number));
    for (const entry of entries) {
      const payload = encode(entry);
      backlog.add({ entry, acceptedAt: 1 }, payload, await log.append(payload));
    }
    const taken: Entry[] = [];
    for (let loads = await backlog.take(1_000); loads.length > 0; loads = await backlog.take(1_000)) {
      taken.push(...loads.map(({ entry }) => ('items' in entry ? entry : openParcel(entry))));
      for (const { release } of loads) release?.();
    }
    expect(taken).toEqual(entries);
    expect([backlog.depth, backlog.bytes]).toEqual([0, 0]);
    await log.close();
    expect(log.size.bytes).toBe(0);
  });
});
