import { randomBytes } from 'node:crypto';
import { MongoClient, type Db } from 'mongodb';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import type { StoredEvent } from '../../../shared/model/event';
import { parseReport, type ReportInput } from '../../../shared/reports/report';
import { executeReport } from '../../execute/executeReport';
import { openSource } from '../../source/openSource';
import type { Source } from '../../source/source';
import { ColumnStore, MAX_BLOCK_BYTES } from '../live/columnStore';
import { DatabaseColumns } from '../live/databaseColumns';
import { DatabaseSupply } from '../live/databaseSupply';
import { rowsOfEvents, rowsOfSnapshot } from '../testing/rowsOf';
import { Compactor } from './compactor';

const DEEP = (process.env['WAYMARK_DEEP'] ?? '') !== '';
const DATABASE = 'columns_wide';
const AT = Date.UTC(2026, 0, 5, 10);

let client: MongoClient;
let db: Db;
let source: Source;

beforeEach(async () => {
  client = await MongoClient.connect(inject('mongoUri'), { writeConcern: { w: 'majority' } });
  db = client.db(DATABASE);
  await db.dropDatabase();
  await db.createCollection('events', { changeStreamPreAndPostImages: { enabled: true } });
  await db.collection('events').createIndex({ timestamp: 1 });
  source = await openSource({ uri: inject('mongoUri'), database: DATABASE });
});
afterEach(async () => {
  await source.close();
  await db.dropDatabase();
  await client.close();
});

/** Text that gzip makes hardly smaller than three quarters. */
const noise = (length: number): string =>
  randomBytes(Math.ceil(length * 0.75))
    .toString('base64')
    .slice(0, length);

const event = (n: number, more: Partial<StoredEvent> = {}): StoredEvent => ({
  _id: `e${n}`,
  userId: `u${n % 3}`,
  eventType: 'page_view',
  timestamp: new Date(AT + n),
  receivedAt: new Date(AT),
  properties: {},
  ...more,
});

async function build(): Promise<void> {
  const compactor = new Compactor({ source, store: new ColumnStore(db), database: DATABASE });
  for (let step = await compactor.step(); step.dirty > 0 || step.built > 0; step = await compactor.step());
  await compactor.stop();
}

const sizes = async (kind: string): Promise<number[]> =>
  (await db.collection('columnBlocks').find({ kind }).toArray()).map(({ bytes }) =>
    (bytes as { length(): number }).length(),
  );

async function expectEqual(): Promise<void> {
  const snapshot = await new DatabaseColumns(source).snapshot();
  expect(snapshot.parts.every((part) => 'read' in part)).toBe(true);
  expect(await rowsOfSnapshot(snapshot)).toEqual(await rowsOfEvents(source));
}

it('what is too much for one document becomes several blocks, texts and ids alike', async () => {
  const wide = Array.from({ length: 200 }, (_, n) =>
    event(n, { page: { path: `/${noise(90_000)}` }, sessionId: noise(90_000) }),
  );
  await db.collection<StoredEvent>('events').insertMany(wide);
  await build();
  for (const kind of ['events', 'ids']) {
    const found = await sizes(kind);
    expect(found.length).toBeGreaterThan(1);
    expect(Math.max(...found)).toBeLessThanOrEqual(MAX_BLOCK_BYTES);
    expect(found.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(MAX_BLOCK_BYTES);
  }
  await expectEqual();
  // Ids that come later leave the full chunks alone.
  const before = await sizes('ids');
  await db.collection<StoredEvent>('events').insertOne(event(3 * 86_400_000, { sessionId: 'late' }));
  await build();
  expect((await sizes('ids')).filter((size) => before.includes(size) && size > 2 ** 20)).toHaveLength(
    before.filter((size) => size > 2 ** 20).length,
  );
});

it('one event that fills a document leaves the columns alone that can’t hold it, and nothing else', async () => {
  const huge = noise(7_500_000);
  const events = [
    event(0),
    event(1, { page: { path: '/a', url: huge, title: huge } }),
    event(2, { userId: huge }),
  ];
  await db.collection<StoredEvent>('events').insertMany(events);
  await build();
  expect(Math.max(...(await sizes('ids')))).toBeGreaterThan(5_000_000);
  await expectEqual();
  const columns = new DatabaseSupply(source, { engine: { threads: 1 } });
  const ask = (breakdown: string) =>
    executeReport({
      report: parseReport({
        version: 1,
        kind: 'trend',
        range: { from: '2026-01-01', to: '2026-01-31', timezone: 'UTC' },
        breakdown,
      } as ReportInput),
      source,
      columns,
      now: AT,
    });
  const paths = await ask('page.path');
  expect(paths.provenance.executor).toBe('columns');
  const { provenance } = await ask('page.url');
  expect(provenance).toMatchObject({ executor: 'pipeline' });
  expect(provenance.why).toContain('page.url holds texts of more than 131,072 characters');
  await columns.close();
});

if (DEEP) {
  it('an hour of more events than a block holds becomes several', async () => {
    for (let from = 0; from < 600_000; from += 50_000) {
      const some = Array.from({ length: 50_000 }, (_, n) => event(from + n));
      await db.collection<StoredEvent>('events').insertMany(some);
    }
    await build();
    const blocks = await db.collection('columnBlocks').find({ kind: 'events' }).toArray();
    expect(blocks.map(({ rows }) => Number(rows)).sort()).toEqual([100_000, 250_000, 250_000]);
    await expectEqual();
  }, 300_000);
}
