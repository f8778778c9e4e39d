import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FunnelEvaluator } from './evaluateUnit';
import type { FunnelPlan, Timeline } from './plan';
import { chooseNaively, type NaiveEvent } from './testing/naiveFunnel';

const planArbitrary: fc.Arbitrary<FunnelPlan> = fc
  .record({
    stepCount: fc.integer({ min: 2, max: 4 }),
    order: fc.constantFrom('ordered' as const, 'strict' as const, 'any' as const),
    windowMs: fc.integer({ min: 0, max: 12 }),
    windowPerStep: fc.boolean(),
    entry: fc.constantFrom('best' as const, 'first' as const),
    exclusionCount: fc.constantFrom(0, 0, 1, 2),
    exclusionSeeds: fc.array(fc.nat(1000), { minLength: 4, maxLength: 4 }),
    exclusionRule: fc.constantFrom('stop' as const, 'void' as const),
    from: fc.integer({ min: 0, max: 3 }),
    to: fc.integer({ min: 4, max: 30 }),
    stepsWithinRange: fc.boolean(),
    dataThrough: fc.integer({ min: 0, max: 40 }),
  })
  .map(({ exclusionCount, exclusionSeeds, ...plan }) => ({
    ...plan,
    windowPerStep: plan.order !== 'any' && plan.windowPerStep,
    exclusions: Array.from({ length: exclusionCount }, (_, index) => {
      const afterStep = 1 + ((exclusionSeeds[2 * index] as number) % (plan.stepCount - 1));
      const room = plan.stepCount - afterStep;
      return { afterStep, beforeStep: afterStep + 1 + ((exclusionSeeds[2 * index + 1] as number) % room) };
    }),
  }));

function eventsArbitrary(plan: FunnelPlan): fc.Arbitrary<NaiveEvent[]> {
  const steps = fc.oneof(
    fc.integer({ min: 0, max: plan.stepCount }).map((step) => (step === 0 ? [] : [step])),
    fc.subarray(Array.from({ length: plan.stepCount }, (_, index) => index + 1)),
  );
  const event = fc.record({
    gap: fc.constantFrom(0, 0, 1, 1, 2, 5),
    steps,
    exclusions: fc.oneof(
      { weight: 3, arbitrary: fc.constant<number[]>([]) },
      { weight: 1, arbitrary: fc.subarray(plan.exclusions.map((_, index) => index + 1)) },
    ),
  });
  return fc.array(event, { maxLength: 12 }).map((list) => {
    let t = plan.from;
    return list.map(({ gap, ...rest }) => ({ t: (t += gap), ...rest }));
  });
}

const toMask = (numbers: number[]): number => numbers.reduce((mask, number) => mask | (1 << (number - 1)), 0);

function toTimeline(events: NaiveEvent[], plan: FunnelPlan): Timeline {
  return {
    length: events.length,
    times: Float64Array.from(events, (event) => event.t),
    steps: Int32Array.from(events, (event) => toMask(event.steps)),
    exclusions:
      plan.exclusions.length > 0 ? Int32Array.from(events, (event) => toMask(event.exclusions)) : null,
    values: null,
  };
}

describe('FunnelEvaluator against following every attempt on its own', { timeout: 120_000 }, () => {
  it('chooses the same attempt, with the same instants and the same openness', () => {
    fc.assert(
      fc.property(
        planArbitrary.chain((plan) => fc.tuple(fc.constant(plan), eventsArbitrary(plan))),
        ([plan, events]) => {
          const expected = chooseNaively(plan, events);
          const timeline = toTimeline(events, plan);
          const outcome = new FunnelEvaluator(plan).evaluate(timeline);
          const actual = outcome
            ? {
                reached: outcome.reached,
                opening: outcome.opening,
                times: Array.from(outcome.stepTimes).slice(0, outcome.reached),
                open: outcome.open,
              }
            : { reached: 0, opening: -1, times: [], open: expected.open };
          expect(actual).toEqual(expected);
        },
      ),
      { numRuns: Number(process.env['WAYMARK_DEEP_RUNS'] ?? 2_000) },
    );
  });
});
