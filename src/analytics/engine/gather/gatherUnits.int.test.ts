import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseReport, type ReportInput } from '../../../shared/reports/report';
import type { FunnelData, PathsData } from '../../../shared/reports/result';
import { MAX_VALUED_EVENTS_PER_ROW } from '../../pipeline/unitRows';
import { openSource } from '../../source/openSource';
import type { Source } from '../../source/source';
import { runRecorded } from '../runReport';

const DATABASE = 'gather_units_int';
const START = Date.UTC(2026, 0, 5);
const COUNT = MAX_VALUED_EVENTS_PER_ROW + 500;
const range = { from: '2026-01-05', to: '2026-01-06', timezone: 'UTC' };

let client: MongoClient;
let source: Source;

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
  const db = client.db(DATABASE);
  await db.dropDatabase();
  // One user with more events than a row takes, stored newest first; and a merged one with events at one instant.
  const giant = Array.from({ length: COUNT }, (_, index) => ({
    _id: `g${index}`,
    userId: 'giant',
    eventType: index === COUNT - 1 ? 'pay' : index % 2 === 0 ? 'visit' : 'cart',
    timestamp: new Date(START + index * 1000),
    device: index === 0 ? 'tablet' : 'desktop',
    properties: {},
  })).reverse();
  const merged = ['m2', 'm1', 'm3'].map((id, index) => ({
    _id: id,
    userId: index === 1 ? 'anonymous' : 'known',
    eventType: ['cart', 'visit', 'pay'][index],
    timestamp: new Date(START + 5000),
    device: index === 1 ? 'mobile' : 'desktop',
    properties: {},
  }));
  await db.collection<{ _id: string }>('events').insertMany([...giant, ...merged]);
  await db
    .collection<{ _id: string }>('identities')
    .insertOne({ _id: 'anonymous', canonicalId: 'known' } as never);
  source = await openSource({ uri: inject('mongoUri'), database: DATABASE });
});

afterAll(async () => {
  await source.close();
  await client.db(DATABASE).dropDatabase();
  await client.close();
});

async function run<T>(report: object): Promise<{ data: T; purposes: string[] }> {
  const parsed = parseReport({ version: 1, range, ...report } as ReportInput);
  const { result, run: recorded } = await runRecorded({ report: parsed, source, now: START + 86_400_000 });
  return { data: result.data as T, purposes: recorded.calls.map(({ purpose }) => purpose) };
}

describe('units that do not pass as one row', () => {
  it('streams a user whose row would be too large, in order of time', async () => {
    const { data, purposes } = await run<FunnelData>({
      kind: 'funnel',
      steps: ['visit', 'cart', 'pay'],
      windowSeconds: 86_400,
      breakdown: 'device',
    });
    expect(purposes.some((purpose) => purpose.includes('large'))).toBe(true);
    expect(data.steps.map(({ count }) => count)).toEqual([2, 2, 2]);
    expect(data.breakdown?.map(({ value, steps }) => [value, steps[2]?.count])).toEqual([
      ['mobile', 1],
      ['tablet', 1],
    ]);
  });

  it('takes a merged user’s events of one instant in order of event id, across their ids', async () => {
    const { data } = await run<PathsData>({ kind: 'paths', unit: 'user', steps: 3 });
    expect(data.units).toBe(2);
    const names = [1, 2, 3].map((position) =>
      data.nodes.filter((node) => node.position === position).map(({ name, count }) => [name, count]),
    );
    expect(names).toEqual([
      [['visit', 2]],
      [['cart', 2]],
      [
        ['pay', 1],
        ['visit', 1],
      ],
    ]);
  });
});
