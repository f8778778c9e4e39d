import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestRank, roundSum } from '../numbers';
import { addTimes, BINS, countTimes, noTimes, selectSpreads, spreadsByGroup, timeBin } from './stepSpreads';

const STEPS = 3;

const units = fc.array(
  fc.record({
    gaps: fc.array(
      fc.oneof(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.constant(2 ** 33 + 1),
      ),
      { maxLength: STEPS - 1 },
    ),
    group: fc.integer({ min: -1, max: 2 }),
  }),
  { maxLength: 60 },
);
type Unit = { gaps: number[]; group: number };

const pack = (own: readonly Unit[]) => ({
  units: {
    times: Float64Array.from(own.flatMap(({ gaps }) => gaps.map((_, at) => sum(gaps.slice(0, at + 1))))),
    steps: Uint8Array.from(own.flatMap(({ gaps }) => gaps.map((_, at) => at + 1))),
  },
  groupOf: Int32Array.from(own.flatMap(({ gaps, group }) => gaps.map(() => group))),
});
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

function spreadOf(times: readonly number[]) {
  const sorted = [...times].sort((a, b) => a - b);
  const seconds = (fraction: number): number | null => {
    const ms = nearestRank(sorted, fraction);
    return ms === null ? null : ms / 1000;
  };
  const mean = times.length === 0 ? null : roundSum(sum(times) / times.length / 1000);
  return { median: seconds(0.5), mean, p90: seconds(0.9) };
}

/** The same by sorting: steps of one group after the other. */
const expectedOf = (own: readonly Unit[]) => ({
  fromFirst: Array.from({ length: STEPS }, (_, step) =>
    spreadOf(
      step === 0 ? [] : own.flatMap(({ gaps }) => (gaps.length < step ? [] : [sum(gaps.slice(0, step))])),
    ),
  ),
  fromPrevious: Array.from({ length: STEPS }, (_, step) =>
    spreadOf(step === 0 ? [] : own.flatMap(({ gaps }) => gaps.slice(step - 1, step))),
  ),
});

describe('spreads of the times of steps', () => {
  it('are what sorting gives, over parts and by group', () => {
    fc.assert(
      fc.property(units, units, (one, another) => {
        const parts = [pack(one), pack(another)];
        const all = noTimes(1, STEPS);
        for (const part of parts) {
          const own = noTimes(1, STEPS);
          countTimes(own, part.units, STEPS, null);
          addTimes(all, own);
        }
        const everyone = parts.map((part) => ({ units: part.units, groupOf: null }));
        expect(selectSpreads(all, everyone, STEPS)).toEqual(expectedOf([...one, ...another]));
        const groups = [0, 1, 2].map((group) =>
          expectedOf([...one, ...another].filter((unit) => unit.group === group)),
        );
        expect(spreadsByGroup(parts, 3, STEPS)).toEqual({
          fromFirst: groups.flatMap(({ fromFirst }) => fromFirst),
          fromPrevious: groups.flatMap(({ fromPrevious }) => fromPrevious),
        });
      }),
      { numRuns: 300 },
    );
  });

  it('are the same for many groups, which take turns', () => {
    const own = Array.from({ length: 3_000 }, (_, unit) => ({
      gaps: [unit % 7, unit],

      group: unit % 1_500,
    }));
    const { fromFirst } = spreadsByGroup([pack(own)], 1_500, STEPS);
    expect(fromFirst[1_499 * STEPS + 1]).toEqual(spreadOf([1_499 % 7, 2_999 % 7]));
    expect(fromFirst).toHaveLength(1_500 * STEPS);
  });

  it('are counted in bins that have the order of the times', () => {
    const times = [0, 1, 15, 16, 17, 31, 32, 33, 34, 1_000, 2 ** 20, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 45];
    const bins = times.map(timeBin);
    expect(bins).toEqual([...bins].sort((a, b) => a - b));
    expect(new Set(bins).size).toBe(times.length - 2);
    expect(bins[bins.length - 1]).toBe(BINS - 1);
  });

  it('have means that are exact beyond 2⁵³ ms', () => {
    const steps = new Uint8Array(20).fill(1);
    const times = new Float64Array(20).fill(2 ** 51 + 1);
    const counts = noTimes(1, 2);
    countTimes(counts, { times, steps }, 2, null);
    const { fromFirst } = selectSpreads(counts, [{ units: { times, steps }, groupOf: null }], 2);
    expect(fromFirst[1]?.mean).toBe(roundSum((2 ** 51 + 1) / 1000));
  });
});
