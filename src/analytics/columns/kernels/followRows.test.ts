import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FunnelEvaluator } from '../../kernels/funnel/evaluateUnit';
import type { FunnelPlan, Timeline } from '../../kernels/funnel/plan';
import { timesAt } from '../testing/timesAt';
import { isFollowedByRows } from './followRows';
import { followUnits, type FollowedUnit } from './followUnits';
import { stepSlots } from './stepSlots';
import { misorderedInstants, tiedRows } from './tiedRows';

const STEPS = 4;

const planArbitrary: fc.Arbitrary<FunnelPlan> = fc.record({
  stepCount: fc.integer({ min: 2, max: STEPS }),
  order: fc.constant('ordered' as const),
  windowMs: fc.integer({ min: 0, max: 12 }),
  windowPerStep: fc.constant(false),
  entry: fc.constantFrom('best' as const, 'first' as const),
  exclusions: fc.constant([]),
  exclusionRule: fc.constant('stop' as const),
  from: fc.integer({ min: 0, max: 4 }),
  to: fc.integer({ min: 5, max: 40 }),
  stepsWithinRange: fc.boolean(),
  dataThrough: fc.integer({ min: 0, max: 50 }),
});

interface Row {
  readonly gap: number;
  /** 0: none. */
  readonly step: number;
  readonly passes: number;
}

const people = fc.array(
  fc.array(
    fc.record({
      gap: fc.constantFrom(0, 0, 0, 1, 1, 2, 6),
      step: fc.integer({ min: 0, max: STEPS }),
      passes: fc.constantFrom(0, 1, 1, 1),
    }),
    { minLength: 1, maxLength: 14 },
  ),
  { minLength: 1, maxLength: 5 },
);

/** People's rows one after the other, as a table has them. */
function layOut(units: readonly (readonly Row[])[], stepCount: number) {
  const rows = units.flat();
  const start = [0];
  const times: number[] = [];
  for (const unit of units) {
    start.push((start[start.length - 1] as number) + unit.length);
    let t = 0;
    for (const { gap } of unit) times.push((t += gap));
  }
  return {
    layout: {
      rows: rows.length,
      people: units.length,
      start: Uint32Array.from(start),
      canonical: Uint32Array.of(),
    },
    times,
    keys: Uint8Array.from(rows, ({ step }) => step),
    bitsOf: Int32Array.from({ length: STEPS + 1 }, (_, step) =>
      step === 0 || step > stepCount ? 0 : 1 << (step - 1),
    ),
    passes: Uint8Array.from(rows, ({ passes }) => passes),
  };
}

describe('attempts followed row by row', () => {
  it('are those that the kernel for any funnel chooses', () => {
    fc.assert(
      fc.property(planArbitrary, people, fc.boolean(), fc.boolean(), (plan, units, isFiltered, isBounded) => {
        expect(isFollowedByRows(plan)).toBe(true);
        const { layout, times, keys, bitsOf, passes } = layOut(units, plan.stepCount);
        const at = timesAt(times);
        const slots = stepSlots({ keys, bitsOf, isByType: true }, isFiltered ? passes : null);
        if (!slots) throw new Error('No row matches two steps.');
        const tied = tiedRows({ ...layout, firstPerson: 0, firstRow: 0 }, at);
        const instants = misorderedInstants(tied, slots);
        const mostOf = (unit: number): number => {
          if (!isBounded) return plan.stepCount;
          const [begin, end] = [layout.start[unit] as number, layout.start[unit + 1] as number];
          const present = new Set(keys.filter((_, row) => row >= begin && row < end));
          let most = 0;
          while (most < plan.stepCount && present.has(most + 1)) most++;
          return most;
        };
        const followed = new Map<number, FollowedUnit>();
        followUnits(
          { plan, at, slots, instants, isInside: plan.from === 0 && times.every((time) => time < plan.to) },
          {
            count: layout.people,
            first: layout.start,
            lengths: null,
            most: Uint8Array.from({ length: layout.people }, (_, unit) => mostOf(unit)),
          },
          (own) =>
            followed.set(own.unit, {
              ...own,
              rows: own.rows.slice(own.place),
              times: own.times.slice(own.place),
            }),
          2,
        );
        const evaluator = new FunnelEvaluator(plan);
        for (let unit = 0; unit < layout.people; unit++) {
          const [begin, end] = [layout.start[unit] as number, layout.start[unit + 1] as number];
          const rows: number[] = [];
          for (let row = begin; row < end; row++) {
            const isOut = (isFiltered && passes[row] === 0) || bitsOf[keys[row] as number] === 0;
            if (!isOut && (times[row] as number) >= plan.from) rows.push(row);
          }
          const timeline: Timeline = {
            length: rows.length,
            times: Float64Array.from(rows, (row) => times[row] as number),
            steps: Int32Array.from(rows, (row) => bitsOf[keys[row] as number] as number),
            exclusions: null,
            values: null,
          };
          const expected = evaluator.evaluate(timeline);
          const own = followed.get(unit);
          expect(own?.reached).toBe(expected?.reached);
          if (!expected || !own) continue;
          const { reached } = own;
          expect(own.isOpen).toBe(expected.open);
          const steps = Array.from({ length: reached }, (_, index) => index + 1);
          expect(Array.from(own.rows.subarray(0, reached))).toEqual(
            steps.map((step) => rows[evaluator.valueEventOf(timeline, expected, step)]),
          );
          expect(Array.from(own.times.subarray(0, reached))).toEqual(
            steps.map((step) => expected.stepTimes[step - 1]),
          );
        }
      }),
      { numRuns: Number(process.env['WAYMARK_DEEP_RUNS'] ?? 1_500) },
    );
  });

  it('are not followed where a row matches two steps', () => {
    const twice = { keys: Uint8Array.of(0, 1), bitsOf: Int32Array.of(1, 3), isByType: true };
    expect(stepSlots(twice, null)).toBeNull();
  });
});
