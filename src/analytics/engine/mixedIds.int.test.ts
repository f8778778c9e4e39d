import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { INDEXES } from '../../shared/model/indexes';
import { parseReport, type ReportInput } from '../../shared/reports/report';
import type { AnyResult } from '../../shared/reports/result';
import { openSource } from '../source/openSource';
import type { Source } from '../source/source';
import { runReport } from './runReport';

const DATABASE = 'mixed_ids_int';
const START = Date.UTC(2026, 0, 5);
const range = { from: '2026-01-05', to: '2026-01-06', timezone: 'UTC' };

let client: MongoClient;
let source: Source;

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
  const events = client.db(DATABASE).collection<{ _id: string }>('events');
  await client.db(DATABASE).dropDatabase();
  // One person whose id was sent as a number by one client and as text by the other.
  await events.insertMany(
    [5, '5', 5, 'other'].map((userId, index) => ({
      _id: `m${index}`,
      userId,
      eventType: ['visit', 'cart', 'pay', 'visit'][index],
      timestamp: new Date(START + index * 1000),
      properties: {},
    })),
  );
  for (const { collection, key } of INDEXES) {
    if (collection === 'events') await events.createIndex({ ...key });
  }
  source = await openSource({ uri: inject('mongoUri'), database: DATABASE });
});

afterAll(async () => {
  await source.close();
  await client.db(DATABASE).dropDatabase();
  await client.close();
});

async function run(report: object): Promise<AnyResult> {
  const parsed = parseReport({ version: 1, range, ...report } as ReportInput);
  return runReport({ report: parsed, source, now: START + 86_400_000 });
}

describe('an id stored as a number and as text', () => {
  it('is one person in a funnel', async () => {
    const { data } = await run({ kind: 'funnel', steps: ['visit', 'cart', 'pay'] });
    expect(data).toMatchObject({ entrants: 2, converted: 1 });
  });

  it('is one person in key figures and trends', async () => {
    expect((await run({ kind: 'kpis' })).data).toMatchObject({
      users: 2,
      newUsers: 2,
      sessions: 2,
      activeDays: [{ days: 1, users: 2 }],
    });
    expect((await run({ kind: 'trend', measure: 'users' })).data).toMatchObject({ series: [{ total: 2 }] });
  });

  it('is one path and one cohort member', async () => {
    expect((await run({ kind: 'paths', unit: 'user' })).data).toMatchObject({ units: 2 });
    expect(
      (await run({ kind: 'retention', start: 'visit', interval: 'day', periods: 1 })).data,
    ).toMatchObject({
      cohorts: [{ size: 2 }, { size: 0 }],
    });
  });
});
