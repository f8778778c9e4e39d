import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient, type Db } from 'mongodb';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, inject, it } from 'vitest';
import type { StoredEvent } from '../../../shared/model/event';
import { generateSample } from '../../sample/generate';
import { openSource } from '../../source/openSource';
import type { Source } from '../../source/source';
import { SourceRun } from '../../source/sourceRun';
import { openFolderSnapshot } from '../store/folderSnapshot';
import { plainNumbers } from '../scan/fields';
import { openWholeTable } from '../table/wholeTable';
import { FolderStore } from '../store/folderStore';
import { buildStore } from './buildStore';

const DATABASE = 'columns_build';
const DECLARED = [{ name: 'amount', type: 'number' }] as const;

let client: MongoClient;
let db: Db;
let source: Source;
let store: FolderStore;

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
  db = client.db(DATABASE);
  await db.dropDatabase();
  const events = new Map<string, StoredEvent>();
  for (const line of generateSample({ seed: 7, events: 3_000, endAt: Date.UTC(2026, 2, 1) })) {
    const { messageId, userId, anonymousId, timestamp, properties, ...rest } = line;
    const at = new Date(timestamp);
    const event = {
      ...rest,
      _id: messageId ?? '',
      userId: userId ?? anonymousId ?? '',
      timestamp: at,
      receivedAt: at,
    };
    events.set(event._id, { ...event, properties: properties ?? {} } as StoredEvent);
  }
  await db.collection<StoredEvent>('events').insertMany([...events.values()]);
  source = await openSource({ uri: inject('mongoUri'), database: DATABASE });
});
afterAll(async () => {
  await source.close();
  await db.dropDatabase();
  await client.close();
});
beforeEach(async () => {
  store = new FolderStore(await mkdtemp(path.join(tmpdir(), 'waymark-store-')));
});
afterEach(() => rm(store.folder, { recursive: true, force: true }));

const build = () =>
  buildStore({
    run: new SourceRun(source, { comment: 'waymark columns build', maxTimeMs: 60_000 }),
    store,
    declared: DECLARED,
    now: new Date(),
  });

/** Every event as one line of text, sorted: what a store must hold exactly once. */
async function storedLines(): Promise<string[]> {
  const events = await db.collection<StoredEvent>('events').find().toArray();
  return events
    .map((event) =>
      JSON.stringify([
        event.timestamp.getTime(),
        event.userId,
        event.sessionId ?? null,
        event.eventType,
        event.device ?? null,
        event.page?.path ?? null,
        event.durationSec ?? null,
        event.properties['amount'] ?? null,
      ]),
    )
    .sort();
}

async function loadedLines(): Promise<string[]> {
  const snapshot = await openFolderSnapshot(store);
  const columns = ['at', 'user', 'session', 'eventType', 'device', 'page.path', 'durationSec'] as const;
  const { table, people } = await openWholeTable(snapshot, [...columns, 'properties.amount']);
  const [userIds, sessionIds] = [await people.ids(), await snapshot.sessionIds()];
  const textAt = ({ codes, values }: { codes: ArrayLike<number>; values: readonly string[] }, row: number) =>
    codes[row] === 0 ? null : values[codes[row] as number];
  const amount = table.property('amount');
  const amounts = amount?.type === 'number' ? plainNumbers(amount.numbers) : [];
  const durations = plainNumbers(table.durationSec);
  const numberAt = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? null : value);
  return Array.from({ length: table.layout.rows }, (_, row) =>
    JSON.stringify([
      table.at.of(row),
      userIds[table.rawUser[row] as number],
      sessionIds[(table.sent[row] as number) - 1] ?? null,
      textAt(table.text('eventType'), row),
      textAt(table.text('device'), row),
      textAt(table.text('page.path'), row),
      numberAt(durations[row]),
      numberAt(amounts[row]),
    ]),
  ).sort();
}

describe('building columns into a folder', () => {
  it('keeps every event exactly once, and again after events came, changed and went', async () => {
    const first = await build();
    expect(await loadedLines()).toEqual(await storedLines());

    const some = await db.collection<StoredEvent>('events').find().limit(3).toArray();
    await db.collection<StoredEvent>('events').deleteOne({ _id: some[0]?._id ?? '' });
    await db.collection<StoredEvent>('events').insertOne({
      _id: 'late',
      userId: 'somebody new',
      eventType: 'late event',
      timestamp: some[1]?.timestamp ?? new Date(),
      receivedAt: new Date(),
      properties: { amount: 12.5 },
    });
    const second = await build();
    expect(await loadedLines()).toEqual(await storedLines());

    const kept = second.blocks.filter(({ file }) => first.blocks.some((block) => block.file === file));
    expect(kept.length).toBeGreaterThan(first.blocks.length / 2);
    const files = await readdir(path.join(store.folder, 'files'));
    expect(files).toHaveLength(second.blocks.length + 4 + (second.details?.length ?? 0));
  });

  it('says so when a block is cut off', async () => {
    const manifest = await build();
    const block = manifest.blocks[0];
    await truncate(path.join(store.folder, 'files', block?.file ?? ''), 100);
    await expect(
      openFolderSnapshot(store).then((snapshot) => openWholeTable(snapshot, ['at'])),
    ).rejects.toMatchObject({ code: 'badInput' });
  });

  it('marks a column that holds values of another type', async () => {
    await db
      .collection('events')
      .updateOne({ eventType: 'purchase' }, { $set: { 'properties.amount': 'ten' } });
    expect((await build()).inexact).toHaveProperty(['properties.amount']);
  });
});
