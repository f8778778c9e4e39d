import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parseReport, type ReportInput } from '../../shared/reports/report';
import type { AnyResult } from '../../shared/reports/result';
import type { Progress } from '../engine/context';
import { ColumnEngine } from './columnEngine';
import type { ColumnEvent } from './format/columnEvent';
import { whyNotColumns } from './needs';
import { memorySnapshot } from './testing/memorySnapshot';

const START = Date.UTC(2026, 0, 1);
const NOW = START + 40 * 86_400_000;
const event: fc.Arbitrary<ColumnEvent> = fc.record({
  id: fc.uuid(),
  at: fc.integer({ min: 0, max: 2_000 }).map((step) => START + step * 20 * 60_000),
  userId: fc.constantFrom('anna', 'ben', 'carl', 'dora', 'emil', 'anon-1'),
  sessionId: fc.option(fc.constantFrom('s1', 's2', 's3'), { nil: null }),
  durationSec: fc.option(fc.integer({ min: 0, max: 90 }), { nil: null }),
  texts: fc.record({
    eventType: fc.constantFrom('page_visit', 'add_to_cart', 'purchase'),
    device: fc.constantFrom('mobile', 'desktop', null),
  }),
  properties: fc.constant({}),
});
const RANGE = { from: '2026-01-02', to: '2026-01-25', timezone: 'Europe/Berlin' };
const REPORTS = [
  { kind: 'kpis', users: { kpi: 'sessions' }, compare: 'previous' },
  { kind: 'trend', measure: 'users', breakdown: 'device', limit: 1 },
  { kind: 'trend', measure: { aggregate: 'p90', field: 'durationSec' }, breakdown: 'eventType' },
  {
    kind: 'funnel',
    steps: ['page_visit', 'add_to_cart', 'purchase'],
    breakdown: 'device',
    users: { step: 2, outcome: 'dropped' },
  },
  { kind: 'paths', steps: 4, topNodes: 1 },
  { kind: 'retention', start: 'page_visit', cohort: 'recurring', periods: 6 },
  { kind: 'users', sort: '-events', limit: 3 },
].map((keys) => parseReport({ version: 1, title: '', range: RANGE, ...keys } as ReportInput));

const figures = ({ data, users }: AnyResult & { users?: unknown }): unknown => ({ data, users });

describe('the column engine', () => {
  const whole = new ColumnEngine({ threads: 1 });
  afterAll(() => whole.close());

  test('gives the same figures and lists when it may hold only a slice of the people at a time', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 30, maxLength: 120 }), async (events) => {
        const snapshot = { ...memorySnapshot(events), key: `run ${runs++}` };
        const sliced = new ColumnEngine({ threads: 1, budgetBytes: 400 });
        for (const report of REPORTS) {
          const run = { report, snapshot, now: NOW, sessionGapMs: 1_800_000 };
          expect(figures(await sliced.run(run))).toEqual(figures(await whole.run(run)));
        }
        await sliced.close();
      }),
      { numRuns: 12 },
    );
  });

  test('reads the columns that a report needs, and each of them once', async () => {
    const reads: number[] = [];
    const [plain] = fc.sample(fc.array(event, { minLength: 40, maxLength: 40 }), { numRuns: 1, seed: 3 });
    const snapshot = memorySnapshot(plain ?? []);
    const [kpis, trend] = REPORTS as [(typeof REPORTS)[0], (typeof REPORTS)[0]];
    const engine = new ColumnEngine({ threads: 1 });
    const run = async (report: (typeof REPORTS)[0]): Promise<void> => {
      let read = 0;
      await engine.run({
        report,
        snapshot,
        now: NOW,
        sessionGapMs: 1_800_000,
        onProgress: ({ phase }) => (read += phase === 'reading columns' ? 1 : 0),
      });
      reads.push(read);
    };
    for (const report of [kpis, kpis, trend, trend, kpis]) await run(report);
    const parts = snapshot.parts.length;
    expect(reads).toEqual([parts, 0, parts, 0, 0]);
    await engine.close();
  });

  test('reads blocks once for all reports that are expected', async () => {
    const [plain] = fc.sample(fc.array(event, { minLength: 40, maxLength: 40 }), { numRuns: 1, seed: 3 });
    const snapshot = memorySnapshot(plain ?? []);
    const engine = new ColumnEngine({ threads: 1 });
    const done = REPORTS.map((report) => engine.expect(report));
    let read = 0;
    const runs = REPORTS.map((report) => {
      const onProgress = ({ phase }: Progress): number => (read += phase === 'reading columns' ? 1 : 0);
      return engine.run({ report, snapshot, now: NOW, sessionGapMs: 1_800_000, onProgress });
    });
    await Promise.all(runs);
    for (const tell of done) tell();
    expect(read).toBe(snapshot.parts.length);
    await engine.close();
  });

  test('ends with "cancelled" when it is told to, and answers the next report', async () => {
    const [plain] = fc.sample(fc.array(event, { minLength: 40, maxLength: 40 }), { numRuns: 1, seed: 4 });
    const snapshot = { ...memorySnapshot(plain ?? []), key: 'cancelled' };
    const [report] = REPORTS as [(typeof REPORTS)[0]];
    const control = new AbortController();
    const engine = new ColumnEngine({ threads: 1 });
    const run = { report, snapshot, now: NOW, sessionGapMs: 1_800_000 };
    const cancelled = engine.run({ ...run, signal: control.signal, onProgress: () => control.abort() });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    await expect(engine.run(run)).resolves.toHaveProperty('kind', 'kpis');
    await engine.close();
  });
});

test('a report is refused with the field that is no column', () => {
  const report = parseReport({
    version: 1,
    kind: 'trend',
    range: RANGE,
    filters: [{ field: 'properties.plan', op: 'eq', value: 'pro' }],
  });
  expect(whyNotColumns(report, memorySnapshot([]))).toBe('properties.plan is not a column');
  const declared = memorySnapshot([], { declared: [{ name: 'plan', type: 'text' }] });
  expect(whyNotColumns(report, declared)).toBeNull();
  const inexact = { ...declared, inexact: { 'properties.plan': 'properties.plan holds lists' } };
  expect(whyNotColumns(report, inexact)).toBe('properties.plan holds lists');
});
