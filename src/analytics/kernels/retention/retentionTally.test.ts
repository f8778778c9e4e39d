import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../shared/time/units';
import { RetentionTally, returnedPeriods, rollingLengthMs, type RetentionPlan } from './retentionTally';

const START = Date.UTC(2026, 0, 5);
const day = (n: number): number => START + n * DAY_MS;

/** Three daily cohorts with three periods, everything complete unless said otherwise. */
function planOf(changes: Partial<RetentionPlan> = {}): RetentionPlan {
  return {
    interval: 'day',
    periods: 3,
    rule: 'on',
    rolling: false,
    buckets: Array.from({ length: 6 }, (_, n) => ({ start: day(n), end: day(n + 1) })),
    cohortCount: 3,
    from: day(0),
    to: day(3),
    dataThrough: day(30),
    ...changes,
  };
}

describe('returnedPeriods', () => {
  it('is each period with a return under "on", and every one up to the last under "onOrAfter"', () => {
    expect(returnedPeriods({ periods: 4, rule: 'on' }, [3, 1, 3, 0, -2])).toEqual([1, 3]);
    expect(returnedPeriods({ periods: 4, rule: 'onOrAfter' }, [3, 1])).toEqual([1, 2, 3]);
  });

  it('looks beyond the last column only under "onOrAfter"', () => {
    expect(returnedPeriods({ periods: 2, rule: 'on' }, [7])).toEqual([]);
    expect(returnedPeriods({ periods: 2, rule: 'onOrAfter' }, [7])).toEqual([1, 2]);
    expect(returnedPeriods({ periods: 2, rule: 'onOrAfter' }, [0])).toEqual([]);
  });
});

describe('RetentionTally', () => {
  const completeOf = (plan: RetentionPlan): boolean[][] =>
    new RetentionTally(plan).figures().cohorts.map(({ cells }) => cells.map(({ complete }) => complete));

  it('counts a cohort’s users in cell 0 and those who returned in the others; empty cohorts appear', () => {
    const tally = new RetentionTally(planOf());
    tally.add(0, [1, 3]);
    tally.add(0, []);
    tally.add(2, [1]);
    const { cohorts, mean } = tally.figures();
    expect(cohorts.map(({ size }) => size)).toEqual([2, 0, 1]);
    expect(cohorts[0]?.cells.map(({ users }) => users)).toEqual([2, 1, 0, 1]);
    expect(mean).toEqual([1, 2 / 3, 0, 1 / 3]);
  });

  it('adds counted cells as if their users had been added', () => {
    const [one, other] = [new RetentionTally(planOf()), new RetentionTally(planOf())];
    one.add(1, [2]);
    other.absorb(Float64Array.from([0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]));
    expect(other.figures()).toEqual(one.figures());
  });

  it('marks cells whose bucket is not over when the data end, to the millisecond', () => {
    expect(completeOf(planOf({ dataThrough: day(3) }))).toEqual([
      [true, true, true, false],
      [true, true, false, false],
      [true, false, false, false],
    ]);
    expect(completeOf(planOf({ dataThrough: day(3) - 1 }))[0]).toEqual([true, true, false, false]);
  });

  it('completes nothing of a cohort that the range cuts', () => {
    expect(completeOf(planOf({ from: day(0) + 1 }))[0]).toEqual([false, false, false, false]);
    expect(completeOf(planOf({ to: day(3) - 1 }))[2]).toEqual([false, false, false, false]);
  });

  it('waits in rolling periods for the cohort’s last member', () => {
    // Who started at the end of the day has 24 more hours for each period, and period 1 ends after two.
    expect(completeOf(planOf({ rolling: true, dataThrough: day(3) }))[0]).toEqual([true, true, false, false]);
    expect(rollingLengthMs('month')).toBe(30 * DAY_MS);
  });

  it('means only over complete cells, and is null without any', () => {
    const tally = new RetentionTally(planOf({ dataThrough: day(2) }));
    tally.add(0, [1]);
    tally.add(1, [1]);
    expect(tally.figures().mean).toEqual([1, 1, null, null]);
  });
});
