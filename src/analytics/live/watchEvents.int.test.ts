import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { LiveBatch } from '../../shared/ipc/inspection';
import type { Filter } from '../../shared/reports/filters';
import { startLockedMongo } from '../../e2e/harness/lockedMongo';
import { openSource } from '../source/openSource';
import type { Source } from '../source/source';
import { watchEvents } from './watchEvents';

const uri = inject('mongoUri');
const database = 'liveWatch';
const client = new MongoClient(uri);
const events = client.db(database).collection<{ _id: string }>('events');
let source: Source;

const event = (id: string, more: object = {}) => ({
  _id: id,
  userId: 'u1',
  eventType: 'page_view',
  timestamp: new Date(),
  receivedAt: new Date(),
  device: 'mobile',
  page: { path: '/cart' },
  properties: {},
  ...more,
});

beforeAll(async () => {
  await events.deleteMany({});
  await events.insertOne(event('before'));
  source = await openSource({ uri, database });
});
afterAll(async () => {
  await source.close();
  await client.db(database).dropDatabase();
  await client.close();
});

/** Watches while `act` works; ends when `until` holds of the batches so far. */
async function watch(
  filters: readonly Filter[],
  act: () => Promise<unknown>,
  until: (batches: readonly LiveBatch[]) => boolean,
  from: Source = source,
): Promise<LiveBatch[]> {
  const abort = new AbortController();
  const batches: LiveBatch[] = [];
  let acted = false;
  const watching = watchEvents({
    source: from,
    filters,
    signal: abort.signal,
    clock: Date.now,
    onBatch: (batch) => {
      batches.push(batch);
      if (!acted) {
        acted = true;
        void act();
      }
      if (until(batches)) abort.abort();
    },
  });
  await expect(watching).rejects.toMatchObject({ code: 'cancelled' });
  return batches;
}

const idsOf = (batches: readonly LiveBatch[]): string[] =>
  batches.flatMap((batch) => batch.events.map(({ id }) => id));

describe('watching events', () => {
  it('tells what is inserted from then on, oldest first, by the change stream', async () => {
    const batches = await watch(
      [],
      () => events.insertMany([event('a1'), event('a2', { timestamp: new Date(Date.now() + 5) })]),
      (all) => idsOf(all).length >= 2,
    );
    expect(idsOf(batches)).toEqual(['a1', 'a2']);
    expect(batches[0]).toMatchObject({ mode: 'changeStream', events: [] });
    expect(batches[batches.length - 1]?.events[0]).toMatchObject({
      type: 'page_view',
      userId: 'u1',
      page: '/cart',
    });
    expect(batches[batches.length - 1]?.perSecond).toBeGreaterThan(0);
  });

  it('keeps to the filters', async () => {
    const batches = await watch(
      [{ field: 'device', op: 'eq', value: 'desktop' }],
      () => events.insertMany([event('b1'), event('b2', { device: 'desktop' })]),
      (all) => idsOf(all).length >= 1,
    );
    expect(idsOf(batches)).toEqual(['b2']);
  });

  it('looks every two seconds where there is no change stream', async () => {
    const locked = await startLockedMongo();
    const admin = new MongoClient(locked.adminUri);
    try {
      const elsewhere = admin.db(database).collection<{ _id: string }>('events');
      await elsewhere.insertOne(event('before'));
      const standalone = await openSource({ uri: locked.adminUri, database });
      const batches = await watch(
        [],
        () => elsewhere.insertOne(event('c1')),
        (all) => idsOf(all).length >= 1,
        standalone,
      );
      expect(batches[0]?.mode).toBe('polling');
      expect(idsOf(batches)).toEqual(['c1']);
      await standalone.close();
    } finally {
      await admin.close();
      await locked.stop();
    }
  });
});
