import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestRank, roundSum } from '../numbers';
import { selectSpreads } from './stepSpreads';
import { FINEST, orderTimes, timeBin } from './stepTimes';

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

/** The times of units as a part has them: the value of those without a group is 0. */
function pack(own: readonly Unit[], valueCount: number, isShort = false) {
  const times = own.flatMap(({ gaps }) => gaps.map((_, at) => sum(gaps.slice(0, at + 1))));
  const units = {
    count: own.length,
    outcomes: Uint8Array.from(own, ({ gaps }, unit) => 2 * (gaps.length + 1) + (unit & 1)),
    times: isShort ? Uint32Array.from(times) : Float64Array.from(times),
    timeCount: times.length,
  };
  return orderTimes(
    units,
    Int32Array.from(own, ({ group }) => group + 1),
    valueCount + 1,
    STEPS,
  );
}
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
        const parts = [pack(one, 3), pack(another, 3)];
        const everyone = parts.map((times) => ({ times, groupOf: [0, 0, 0, 0] }));
        expect(selectSpreads(everyone, 1, STEPS)).toEqual(expectedOf([...one, ...another]));
        const groups = [0, 1, 2].map((group) =>
          expectedOf([...one, ...another].filter((unit) => unit.group === group)),
        );
        const byGroup = parts.map((times) => ({ times, groupOf: [-1, 0, 1, 2] }));
        expect(selectSpreads(byGroup, 3, STEPS)).toEqual({
          fromFirst: groups.flatMap(({ fromFirst }) => fromFirst),
          fromPrevious: groups.flatMap(({ fromPrevious }) => fromPrevious),
        });
      }),
      { numRuns: 300 },
    );
  });

  it('are the same for many values, whose bins are coarser, beside a part of few values', () => {
    const unitsOf = (count: number, groups: number): Unit[] =>
      Array.from({ length: count }, (_, unit) => ({ gaps: [unit % 7, unit * unit], group: unit % groups }));
    const many = unitsOf(3_000, 1_500);
    const few = unitsOf(40, 2);
    const groupOf = Int32Array.from({ length: 1_501 }, (_, value) => value - 1);
    const parts = [
      { times: pack(many, 1_500, true), groupOf },
      { times: pack(few, 2, true), groupOf: groupOf.subarray(0, 3) },
    ];
    expect(parts.map(({ times }) => times.bins)).toEqual([4, 128]);
    const { fromFirst, fromPrevious } = selectSpreads(parts, 1_500, STEPS);
    expect(fromFirst).toHaveLength(1_500 * STEPS);
    for (const group of [0, 1, 2, 1_499]) {
      const expected = expectedOf([...many, ...few].filter((unit) => unit.group === group));
      expect(fromFirst.slice(group * STEPS, (group + 1) * STEPS)).toEqual(expected.fromFirst);
      expect(fromPrevious.slice(group * STEPS, (group + 1) * STEPS)).toEqual(expected.fromPrevious);
    }
  });

  it('are counted in bins that have the order of the times', () => {
    const times = [0, 1, 15, 16, 17, 31, 32, 33, 34, 1_000, 2 ** 20, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 45];
    const bins = times.map(timeBin);
    expect(bins).toEqual([...bins].sort((a, b) => a - b));
    expect(new Set(bins).size).toBe(times.length - 2);
    expect(bins[bins.length - 1]).toBeLessThan(FINEST);
  });

  it('have means that are exact beyond 2⁵³ ms', () => {
    const one = { gaps: [2 ** 51 + 1], group: -1 };
    const times = pack(new Array<Unit>(20).fill(one), 0);
    const { fromFirst } = selectSpreads([{ times, groupOf: [0] }], 1, STEPS);
    expect(fromFirst[1]?.mean).toBe(roundSum((2 ** 51 + 1) / 1000));
  });
});
