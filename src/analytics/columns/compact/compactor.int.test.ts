import { MongoClient, type Db } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { StoredEvent } from '../../../shared/model/event';
import { openSource } from '../../source/openSource';
import type { Source } from '../../source/source';
import { ColumnStore } from '../live/columnStore';
import { DatabaseColumns } from '../live/databaseColumns';
import { decodeIds } from '../live/idChunks';
import { NoColumns } from '../live/noColumns';
import { rowsOfEvents, rowsOfSnapshot } from '../testing/rowsOf';
import { Compactor } from './compactor';

const DATABASE = 'columns_compactor';
const DAY_MS = 86_400_000;
const NOW = Date.now();

let client: MongoClient;
let db: Db;
let source: Source;
let columns: DatabaseColumns;
const store = (): ColumnStore => new ColumnStore(db);
const compactor = (): Compactor => new Compactor({ source, store: store(), database: DATABASE });

let made = 0;
function event(at: number, more: Partial<StoredEvent> = {}): StoredEvent {
  made++;
  return {
    _id: `e${made}`,
    userId: `u${made % 7}`,
    sessionId: `s${made % 13}`,
    eventType: made % 3 === 0 ? 'purchase' : 'page_view',
    timestamp: new Date(at),
    receivedAt: new Date(NOW),
    device: made % 2 === 0 ? 'mobile' : 'desktop',
    properties: { amount: made },
    ...more,
  };
}
const events = () => db.collection<StoredEvent>('events', { writeConcern: { w: 'majority' } });
const insert = (some: StoredEvent[]) => events().insertMany(some);

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
  db = client.db(DATABASE);
});
afterAll(async () => {
  await db.dropDatabase();
  await client.close();
});
beforeEach(async () => {
  await db.dropDatabase();
  await db.createCollection('events', { changeStreamPreAndPostImages: { enabled: true } });
  await events().createIndex({ timestamp: 1 });
  await insert(Array.from({ length: 300 }, (_, index) => event(NOW - index * 0.02 * DAY_MS)));
  source = await openSource({ uri: inject('mongoUri'), database: DATABASE });
  columns = new DatabaseColumns(source);
});
afterEach(async () => {
  await source.close();
});

const expectEqual = async (): Promise<void> => {
  expect(await rowsOfSnapshot(await columns.snapshot())).toEqual(await rowsOfEvents(source));
};

describe('columns in a database', () => {
  it('are none until they have been built', async () => {
    await expect(columns.snapshot()).rejects.toBeInstanceOf(NoColumns);
    const { built, dirty } = await compactor().step();
    expect(built).toBeGreaterThan(3);
    expect(dirty).toBe(0);
    const snapshot = await columns.snapshot();
    expect(snapshot.parts.every((part) => 'read' in part)).toBe(true);
    await expectEqual();
  });

  it('are read at one moment for what was asked before it, and at a newer one for what was asked since', async () => {
    await compactor().step();
    const askedAt = Date.now();
    const [first, second] = await Promise.all([columns.snapshot(), columns.snapshot({ askedAt })]);
    expect(second).toBe(first);
    await insert([event(NOW)]);
    expect(await columns.snapshot({ askedAt })).toBe(first);
    expect(await columns.snapshot({ askedAt: Date.now() + 1 })).not.toBe(first);
    await expectEqual();
  });

  it('give every event that is stored, before and after the compactor has looked', async () => {
    const one = compactor();
    await one.step();
    await insert([event(NOW), event(NOW - 5 * DAY_MS), event(NOW - 400 * DAY_MS), event(NOW + 40 * DAY_MS)]);
    await expectEqual();
    expect((await columns.snapshot()).parts.some((part) => 'block' in part)).toBe(true);
    await one.step();
    expect((await columns.snapshot()).parts.some((part) => 'block' in part)).toBe(false);
    await expectEqual();
    await events().deleteMany({ eventType: 'purchase' });
    await expectEqual();
    await events().updateMany({ device: 'mobile' }, { $set: { device: 'tablet' } });
    await events().updateOne(
      { _id: (await events().findOne({}))?._id ?? '' },
      { $set: { timestamp: new Date(NOW - 9 * DAY_MS) } },
    );
    await expectEqual();
    await one.step();
    await expectEqual();
    expect((await columns.snapshot()).parts.some((part) => 'block' in part)).toBe(false);
  });

  it('tell of people merged and described since, in collections that were not there', async () => {
    await compactor().step();
    const before = await columns.snapshot();
    expect((await before.identities()).canonicalOf('u1')).toBe('u1');
    expect((await before.profiles()).size).toBe(0);
    const options = { writeConcern: { w: 'majority' } } as const;
    await db.collection('identities').insertOne({ _id: 'u1' as never, canonicalId: 'u2' }, options);
    await db.collection('users').insertOne({ _id: 'u2' as never, traits: { plan: 'pro' } }, options);
    const since = await columns.snapshot();
    expect((await since.identities()).canonicalOf('u1')).toBe('u2');
    expect((await since.profiles()).get('u2')).toMatchObject({ traits: { plan: 'pro' } });
  });

  it('give no event that was removed, where the log does not tell from which hour', async () => {
    await db.command({ collMod: 'events', changeStreamPreAndPostImages: { enabled: false } });
    const one = compactor();
    await one.step();
    const added = event(NOW);
    await insert([added]);
    await expectEqual();
    const before = await columns.snapshot();
    await events().deleteOne({ _id: added._id });
    // Until a recount has told which parts are true, reports go to the database.
    await expect(columns.snapshot()).rejects.toBeInstanceOf(NoColumns);
    await one.step();
    await expectEqual();
    expect((await columns.snapshot()).key).not.toBe(before.key);
    expect((await one.verify()).repaired).toBe(0);
  });

  it('of an older version are built again once, though no event has changed', async () => {
    const first = compactor();
    await first.step();
    await first.stop();
    const books = db.collection<{ parts: { version?: number }[] }>('columnBuckets');
    const versions = async (): Promise<unknown[]> => books.distinct('parts.version');
    const current = await versions();
    await books.updateMany({ kind: 'day' }, { $unset: { 'parts.$[].version': '' } });
    expect([await versions(), current]).toEqual([[], [expect.any(Number)]]);
    const next = compactor();
    expect((await next.step()).built).toBeGreaterThan(3);
    expect(await versions()).toEqual(current);
    expect(await next.step()).toMatchObject({ built: 0, dirty: 0 });
    await expectEqual();
  });

  it('a block that somebody stores again while it is removed stays, and so does one that is named', async () => {
    const own = store();
    const { hash } = await own.put('events', Uint8Array.of(1, 2, 3), 1);
    const before = await own.storedAs([hash]);
    await own.put('events', Uint8Array.of(1, 2, 3), 1);
    await own.removeBlocks(before);
    expect(await own.present([hash])).toEqual(new Set([hash]));
    await own.removeBlocks(await own.storedAs([hash]));
    expect(await own.present([hash])).toEqual(new Set());

    await compactor().step();
    const named = (await own.readBooks())?.users.chunks.map((chunk) => chunk.hash) ?? [];
    await own.removeBlocks(await own.storedAs(named));
    expect(await own.present(named)).toEqual(new Set(named));

    // One list forgets an id that the other one keeps.
    const [users] = await own.putIds('users', ['a', null]);
    const [sessions] = await own.putIds('sessions', ['a', null]);
    expect(users?.hash).not.toBe(sessions?.hash);
    expect(decodeIds(await own.readBytes(sessions?.hash ?? ''), 2)).toEqual(['a', null]);
  });
});
