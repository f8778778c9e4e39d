import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { parseReport, type ReportInput } from '../../shared/reports/report';
import type { AnyResult } from '../../shared/reports/result';
import { openSource } from '../source/openSource';
import type { Source } from '../source/source';
import { runReport } from './runReport';

const DATABASE = 'later_collections_int';
const START = Date.UTC(2026, 0, 5);
const range = { from: '2026-01-05', to: '2026-01-06', timezone: 'UTC' };

let client: MongoClient;
let source: Source;

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
  const db = client.db(DATABASE);
  await db.dropDatabase();
  const visit = (userId: string, at: number) => ({ userId, eventType: 'visit', timestamp: new Date(at) });
  await db.collection('events').insertMany([visit('anonymous', START), visit('anna', START + 1_000)]);
  source = await openSource({ uri: inject('mongoUri'), database: DATABASE });
});
afterAll(async () => {
  await source.close();
  await client.db(DATABASE).dropDatabase();
  await client.close();
});

const run = (report: object): Promise<AnyResult> =>
  runReport({
    report: parseReport({ version: 1, range, ...report } as ReportInput),
    source,
    now: START + 86_400_000,
  });

it('people merged and described after the database was opened are so in the next answer', async () => {
  const paying = { filters: [{ field: 'user.plan', op: 'eq', value: 'pro' }] };
  expect((await run({ kind: 'kpis' })).data).toMatchObject({ users: 2 });
  expect((await run({ kind: 'kpis', ...paying })).data).toMatchObject({ users: 0 });
  const db = client.db(DATABASE);
  await db.collection('identities').insertOne({ _id: 'anonymous' as never, canonicalId: 'anna' });
  await db.collection('users').insertOne({ _id: 'anna' as never, traits: { plan: 'pro' } });
  expect((await run({ kind: 'kpis' })).data).toMatchObject({ users: 1, events: 2 });
  expect((await run({ kind: 'kpis', ...paying })).data).toMatchObject({ users: 1, events: 2 });
  expect((await run({ kind: 'users' })).data).toMatchObject({ users: [{ userId: 'anna', events: 2 }] });
});
