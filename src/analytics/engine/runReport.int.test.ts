import { MongoClient, type Db } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseReport, type Report } from '../../shared/reports/report';
import { openSource } from '../source/openSource';
import type { Source } from '../source/source';
import { runReport } from './runReport';

const DATABASE = 'core_run_report';
const SLOW_DATABASE = 'core_run_report_slow';
const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const NOW = START + 20 * 24 * HOUR;

let client: MongoClient;
let db: Db;
let source: Source;

beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
  db = client.db(DATABASE);
  await db.dropDatabase();
  await client.db(SLOW_DATABASE).dropDatabase();
  const events = Array.from({ length: 2_400 }, (_, n) => ({
    userId: `u${n % 50}`,
    eventType: 'visit',
    // Ten an hour over ten days.
    timestamp: new Date(START + n * (HOUR / 10)),
  }));
  await db.collection('events').insertMany(events);
  // Every event paired with every other: whatever is asked of such events takes the server very long.
  const slow = client.db(SLOW_DATABASE);
  await slow.collection('raw').insertMany(events.map((event) => ({ ...event })));
  await slow.createCollection('events', {
    viewOn: 'raw',
    pipeline: [
      { $lookup: { from: 'raw', pipeline: [{ $lookup: { from: 'raw', pipeline: [], as: 'b' } }], as: 'a' } },
      { $unwind: '$a' },
      { $unwind: '$a.b' },
    ],
  });
  source = await openSource({ uri: inject('mongoUri'), database: DATABASE });
});

afterAll(async () => {
  await source.close();
  await db.dropDatabase();
  await client.db(SLOW_DATABASE).dropDatabase();
  await client.close();
});

function reportOf(keys: object): Report {
  const range = { from: '2026-01-01', to: '2026-01-05', timezone: 'UTC' };
  return parseReport({ version: 1, range, ...keys });
}

const codeOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => 'answered',
    (error: unknown) => (error as { code?: unknown }).code,
  );

describe('a report on the server', () => {
  /** Operations under way that name a report; the server replaces a view by what it is made of. */
  async function running(comment: string): Promise<number> {
    const operations = client.db('admin').aggregate([
      { $currentOp: { allUsers: true, idleCursors: true } },
      {
        $match: {
          $or: [{ 'command.comment': comment }, { 'cursor.originatingCommand.comment': comment }],
        },
      },
    ]);
    return (await operations.toArray()).length;
  }

  async function until(holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  const ofEveryKind: readonly (readonly [string, object])[] = [
    ['kpis', {}],
    ['trend', {}],
    ['funnel', { steps: ['visit', 'visit'] }],
    ['paths', {}],
    ['retention', { start: 'visit' }],
    ['users', {}],
    ['journey', { userId: 'u1' }],
  ];
  it.each(ofEveryKind)(
    'of kind %s is named in currentOp, and gone from there when it is cancelled',
    async (kind, keys) => {
      const slow = await openSource({ uri: inject('mongoUri'), database: SLOW_DATABASE });
      const stop = new AbortController();
      const report = reportOf({ kind, title: 'Far too much', ...keys });
      const run = codeOf(runReport({ report, source: slow, now: NOW, signal: stop.signal }));
      const comment = `waymark ${kind} "Far too much"`;
      await until(async () => (await running(comment)) > 0);
      stop.abort();
      expect(await run).toBe('cancelled');
      await until(async () => (await running(comment)) === 0);
      await slow.close();
    },
  );

  it('ends at its time limit', async () => {
    const slow = await openSource({ uri: inject('mongoUri'), database: SLOW_DATABASE });
    const report = reportOf({ kind: 'kpis' });
    expect(await codeOf(runReport({ report, source: slow, now: NOW, maxTimeMs: 300 }))).toBe('timeLimit');
    await until(async () => (await running('waymark kpis')) === 0);
    await slow.close();
  });
});

describe('what a run is expected to read', () => {
  it('is the whole collection where no index tells the range, and the range’s share where one does', async () => {
    const report = reportOf({ kind: 'trend', measure: 'users', breakdown: 'device' });
    const before = await runReport({ report, source, now: NOW });
    expect(before.provenance.estimate).toEqual({ documents: 2_400, index: null });
    expect(before.provenance.documentsExamined).toBeGreaterThanOrEqual(2_400);
    await db.collection('events').createIndex({ timestamp: 1 }, { name: 'by_time' });
    const fresh = await openSource({ uri: inject('mongoUri'), database: DATABASE });
    const after = await runReport({ report, source: fresh, now: NOW });
    await fresh.close();
    const { estimate } = after.provenance;
    expect(estimate?.index).toBe('by_time');
    // Five of the ten days.
    expect(estimate?.documents).toBeGreaterThan(1_150);
    expect(estimate?.documents).toBeLessThan(1_250);
    expect(after.provenance.documentsExamined).toBeLessThan(2_400);
    expect(after.data).toEqual(before.data);
  });
});
