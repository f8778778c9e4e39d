import { MongoClient, ObjectId, type Db, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseMapping, type Mapping } from '../../../shared/model/mapping';
import { MAPPING_PRESETS } from '../../../shared/model/presets';
import { parseReport, type ReportInput } from '../../../shared/reports/report';
import { executeReport } from '../../execute/executeReport';
import { openSource } from '../../source/openSource';
import { ColumnStore } from '../live/columnStore';
import { DatabaseSupply } from '../live/databaseSupply';
import { Compactor } from './compactor';

const MONTH = { from: '2026-03-01', to: '2026-03-31', timezone: 'UTC' };
const REPORTS = [
  { kind: 'kpis' },
  { kind: 'trend', breakdown: 'browser' },
  { kind: 'trend', measure: 'sessions', breakdown: 'page.path' },
].map((keys) => parseReport({ version: 1, range: MONTH, ...keys } as ReportInput));
const WRITING = { writeConcern: { w: 'majority' as const } };

let client: MongoClient;
beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
});
afterAll(() => client.close());

const at = (day: number, minute: number): Date => new Date(Date.UTC(2026, 2, day, 9, minute));

/** Builds the columns of a database through a mapping, and compares them with the pipeline after each change. */
async function follow(
  name: string,
  mapping: Mapping,
  fill: (db: Db) => Promise<void>,
  changes: readonly ((db: Db) => Promise<unknown>)[],
): Promise<void> {
  const db = client.db(name);
  const home = `${name}_columns`;
  await db.dropDatabase();
  await client.db(home).dropDatabase();
  await fill(db);
  const source = await openSource({ uri: inject('mongoUri'), database: name, mapping });
  const columns = new DatabaseSupply(source, { columnsDatabase: home, engine: { threads: 1 } });
  const compactor = new Compactor({ source, store: new ColumnStore(client.db(home)), database: home });
  const compare = async (engine: 'auto' | 'columns'): Promise<void> => {
    for (const report of REPORTS) {
      const run = { report, source, columns, now: Date.UTC(2026, 3, 1) };
      const expected = await executeReport({ ...run, engine: 'pipeline' });
      expect((await executeReport({ ...run, engine })).data).toEqual(expected.data);
    }
  };
  await compactor.step();
  await compare('columns');
  for (const change of changes) {
    await change(db);
    // What was removed has to be counted first; until then the pipeline answers.
    await compare('auto');
    while ((await compactor.step()).dirty > 0);
    await compare('columns');
  }
  await compactor.stop();
  await columns.close();
  await source.close();
  await db.dropDatabase();
  await client.db(home).dropDatabase();
}

describe('columns through a mapping', () => {
  it('that looks fields up in sessions follow the sessions too', async () => {
    const mapping = MAPPING_PRESETS['mern-tracker'];
    if (!mapping) throw new Error('The preset is gone.');
    const ids = Array.from({ length: 6 }, () => new ObjectId());
    const users = Array.from({ length: 3 }, () => new ObjectId());
    const event = (index: number): Document => ({
      userId: users[index % 3],
      sessionId: ids[index % 6],
      eventType: index % 4 === 0 ? 'PURCHASE' : 'PAGE_VIEW',
      timestamp: at(1 + (index % 6), index),
      metadata: { pageUrl: `https://shop.example/${index % 5}`, duration: index },
    });
    const sessions = (db: Db) => db.collection('sessions', WRITING);
    await follow(
      'columns_lookups',
      mapping,
      async (db) => {
        await db.collection('users', WRITING).insertMany(users.map((_id) => ({ _id, name: 'Someone' })));
        await sessions(db).insertMany(
          ids.map((_id, index) => ({
            _id,
            userId: users[index % 3],
            deviceInfo: { browser: index % 2 === 0 ? 'Safari' : 'Firefox', os: 'macOS' },
          })),
        );
        await db
          .collection('events', WRITING)
          .insertMany(Array.from({ length: 60 }, (_, index) => event(index)));
      },
      [
        (db) =>
          sessions(db).updateOne({ _id: ids[0] as ObjectId }, { $set: { 'deviceInfo.browser': 'Chrome' } }),
        (db) => sessions(db).deleteOne({ _id: ids[1] as ObjectId }),
        (db) => db.collection('events', WRITING).insertOne(event(77)),
      ],
    );
  }, 120_000);

  it('whose events lie in an array follow what is pushed and pulled', async () => {
    const mapping = parseMapping({
      version: 1,
      name: 'visits',
      events: {
        collection: 'visits',
        unwind: 'steps',
        fields: {
          id: 'steps.id',
          userId: 'visitor',
          eventType: 'steps.name',
          timestamp: 'steps.at',
          browser: 'browser',
          page: { path: 'steps.path' },
        },
      },
    });
    const step = (visit: number, index: number): Document => ({
      id: `${visit}-${index}`,
      name: index === 2 ? 'purchase' : 'page_view',
      at: at(1 + (visit % 4), 10 * index),
      path: `/${index}`,
    });
    const visits = (db: Db) => db.collection<{ _id: number; steps: Document[] }>('visits', WRITING);
    await follow(
      'columns_unwind',
      mapping,
      async (db) => {
        await visits(db).insertMany(
          Array.from({ length: 20 }, (_, visit) => ({
            _id: visit,
            visitor: `v${visit % 6}`,
            browser: visit % 2 === 0 ? 'Safari' : 'Firefox',
            steps: [0, 1, 2].map((index) => step(visit, index)),
          })),
        );
      },
      [
        (db) => visits(db).updateOne({ _id: 3 }, { $push: { steps: { ...step(3, 3), at: at(20, 0) } } }),
        (db) => visits(db).updateOne({ _id: 4 }, { $pull: { steps: { id: '4-1' } } }),
        (db) => visits(db).deleteOne({ _id: 5 }),
      ],
    );
  }, 120_000);
});
