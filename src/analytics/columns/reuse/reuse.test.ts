import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseReport, type ReportInput } from '../../../shared/reports/report';
import { DAY_MS } from '../../../shared/time/units';
import type { Progress } from '../../engine/context';
import { ColumnEngine } from '../columnEngine';
import type { ColumnEvent } from '../format/columnEvent';
import type { ColumnSnapshot } from '../snapshot';
import { MemoryLineage } from '../testing/memoryLineage';

const START = Date.UTC(2026, 0, 1);
const NOW = START + 40 * DAY_MS;
const USERS = ['anna', 'ben', 'carl', 'dora', 'emil', 'fay', 'anon-1', 'anon-2', 'anon-3'];
const DECLARED = [
  { name: 'amount', type: 'number' },
  { name: 'plan', type: 'text' },
] as const;
const RANGE = { from: '2026-01-02', to: '2026-01-12', timezone: 'Europe/Berlin' };
const MOBILE = { field: 'device', op: 'eq', value: 'mobile' };
const REPORTS = [
  { kind: 'kpis', users: { kpi: 'sessions' }, compare: 'previous' },
  {
    kind: 'kpis',
    users: { kpi: 'newUsers' },
    filters: [{ field: 'properties.amount', op: 'gte', value: 2 }],
  },
  { kind: 'kpis', users: { kpi: 'stickiness' }, filters: [{ field: 'sessionId', op: 'eq', value: 's1' }] },
  { kind: 'trend', breakdown: 'eventType', limit: 2 },
  { kind: 'trend', measure: 'users', breakdown: 'user.country' },
  { kind: 'trend', measure: 'sessions', breakdown: 'properties.plan', filters: [{ didNot: 'purchase' }] },
  { kind: 'trend', measure: { aggregate: 'p90', field: 'durationSec' }, breakdown: 'device' },
  { kind: 'trend', measure: { aggregate: 'sum', field: 'user.traits.age' } },
  {
    kind: 'funnel',
    steps: ['page_visit', 'add_to_cart', 'purchase'],
    breakdown: 'device',
    users: { step: 2, outcome: 'dropped' },
  },
  {
    kind: 'funnel',
    steps: ['page_visit', { event: 'add_to_cart', where: [MOBILE] }],
    order: 'strict',
    countBy: 'sessions',
    filters: [{ field: 'user.country', op: 'exists', value: true }],
  },
  { kind: 'paths', steps: 4, topNodes: 2, unit: 'session' },
  { kind: 'paths', steps: 3, topNodes: 3, unit: 'user', by: 'page' },
  {
    kind: 'retention',
    start: 'page_visit',
    cohort: 'recurring',
    periods: 6,
    users: { cohort: '2026-01-02T23:00:00.000Z', period: 1 },
  },
  { kind: 'retention', start: '*', periods: 5, filters: [{ field: 'userId', op: 'ne', value: 'ben' }] },
  { kind: 'users', sort: '-events', limit: 4 },
].map((keys) => parseReport({ version: 1, title: '', range: RANGE, ...keys } as ReportInput));

const RUNS = (process.env['WAYMARK_DEEP'] ?? '') === '' ? 6 : 1_500;

let made = 0;
const event: fc.Arbitrary<ColumnEvent> = fc.record({
  id: fc.constant(null).map(() => `event ${String(made++).padStart(6, '0')}`),
  // Few instants, so that ties are common.
  at: fc.integer({ min: 0, max: 150 }).map((step) => START + step * 2 * 3_600_000),
  userId: fc.constantFrom(...USERS),
  sessionId: fc.option(fc.constantFrom('s1', 's2', 's3', 's4'), { nil: null }),
  durationSec: fc.option(fc.integer({ min: 0, max: 90 }), { nil: null }),
  texts: fc.record({
    eventType: fc.constantFrom('page_visit', 'add_to_cart', 'purchase', 'search'),
    device: fc.constantFrom('mobile', 'desktop', null),
    'page.path': fc.constantFrom('/', '/cart', '/a', null),
  }),
  properties: fc.record({
    amount: fc.option(fc.integer({ min: 0, max: 5 }), { nil: null }),
    plan: fc.constantFrom('free', 'pro', null),
  }),
});

type Step = (lineage: MemoryLineage) => void;
const pick = <T>(values: Iterable<T>, place: number): T | undefined => {
  const all = [...values];
  return all[Math.floor(place * all.length)];
};
const place = fc.double({ min: 0, max: 0.999, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.array(event, { minLength: 1, maxLength: 3 }).map(
      (some): Step =>
        (lineage) =>
          some.forEach((one) => lineage.events.set(one.id, one)),
    ),
  },
  {
    weight: 2,
    arbitrary: place.map(
      (at): Step =>
        ({ events }) =>
          void events.delete(pick(events.keys(), at) ?? ''),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(place, event).map(([at, other]): Step => ({ events }) => {
      const old = pick(events.values(), at);
      if (old) events.set(old.id, { ...old, at: other.at, texts: other.texts });
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...USERS), fc.constantFrom('anna', 'ben', 'ghost', 'spirit')).map(
      ([alias, canonical]): Step =>
        ({ aliases }) =>
          void (alias === canonical || aliases.set(alias, canonical)),
    ),
  },
  {
    weight: 1,
    arbitrary: place.map(
      (at): Step =>
        ({ aliases }) =>
          void aliases.delete(pick(aliases.keys(), at) ?? ''),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...USERS).map(
      (userId): Step =>
        (lineage) =>
          lineage.erase(userId),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.boolean(), fc.array(fc.integer({ min: 0, max: 13 }), { maxLength: 2 })).map(
      ([isReversed, days]): Step =>
        (lineage) =>
          lineage.compact(
            (ids) => (isReversed ? ids.reverse() : ids),
            days.map((day) => START / DAY_MS + day),
          ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...USERS, 'ghost'), fc.constantFrom('DE', 'FR'), fc.integer({ min: 1, max: 90 }))
      .map(
        ([userId, country, age]): Step =>
          ({ profiles }) =>
            void profiles.set(userId, { _id: userId, country, traits: { age } }),
      ),
  },
);

describe('an engine that is asked about one snapshot after the other', () => {
  test('answers each as an engine does that has seen no other', async () => {
    let reused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 20, maxLength: 60 }),
        fc.array(
          fc.tuple(
            fc.array(step, { minLength: 1, maxLength: 3 }),
            fc.array(fc.nat(REPORTS.length - 1), { minLength: 2, maxLength: 5 }),
          ),
          { minLength: 3, maxLength: 7 },
        ),
        async (events, rounds) => {
          const lineage = new MemoryLineage(DECLARED);
          for (const one of events) lineage.events.set(one.id, one);
          lineage.compact((ids) => ids, [START / DAY_MS]);
          const engine = new ColumnEngine({ threads: 1, mostOverlaid: 10 });
          for (const [steps, asked] of rounds) {
            for (const change of steps) change(lineage);
            const snapshot = lineage.snapshot();
            const fresh = new ColumnEngine({ threads: 1 });
            for (const index of asked) {
              const report = REPORTS[index] as (typeof REPORTS)[0];
              let parts = 0;
              const run = { report, snapshot, now: NOW, sessionGapMs: 1_800_000 };
              const onProgress = ({ phase, total = 0 }: Progress): void => {
                if (phase === 'reading columns') parts = total;
              };
              const [actual, expected] = [await engine.run({ ...run, onProgress }), await fresh.run(run)];
              expect({ ...actual, provenance: null }).toEqual({ ...expected, provenance: null });
              if (parts > 0 && parts < snapshot.parts.length) reused += 1;
            }
            await fresh.close();
          }
          await engine.close();
        },
      ),
      { numRuns: RUNS },
    );
    expect(reused).toBeGreaterThan(0);
  }, 600_000);

  test('reads the parts that are new, and of kept ones the columns it lacks', async () => {
    const lineage = new MemoryLineage(DECLARED);
    const some = fc.sample(fc.array(event, { minLength: 60, maxLength: 60 }), { numRuns: 1, seed: 5 });
    for (const one of some[0] ?? []) lineage.events.set(one.id, one);
    lineage.compact((ids) => ids, []);
    const engine = new ColumnEngine({ threads: 1, mostOverlaid: 10 });
    const readFor = async (index: number, snapshot: ColumnSnapshot): Promise<number> => {
      let read = 0;
      const report = REPORTS[index] as (typeof REPORTS)[0];
      const onProgress = ({ phase }: Progress): number => (read += phase === 'reading columns' ? 1 : 0);
      await engine.run({ report, snapshot, now: NOW, sessionGapMs: 1_800_000, onProgress });
      return read;
    };
    const first = lineage.snapshot();
    const all = first.parts.length;
    expect([await readFor(0, first), await readFor(0, first)]).toEqual([all, 0]);
    const [late] = fc.sample(event, { numRuns: 1, seed: 6 });
    // After everything else, so in a part of its own.
    if (late) lineage.events.set(late.id, { ...late, at: START + 39 * DAY_MS });
    const second = lineage.snapshot();
    expect([await readFor(0, second), await readFor(0, second)]).toEqual([1, 0]);
    // The device of every kept part, and once more all columns of the new one.
    expect([await readFor(3, second), await readFor(6, second)]).toEqual([0, all + 1]);
    // The new part alone holds an id that was numbered anew.
    if (late) lineage.events.set(late.id, { ...late, userId: 'gail', at: START + 39 * DAY_MS });
    await readFor(0, lineage.snapshot());
    lineage.compact((ids) => ids, []);
    const third = lineage.snapshot();
    expect([await readFor(0, third), await readFor(6, third)]).toEqual([1, 0]);
    await engine.close();
  });
});
