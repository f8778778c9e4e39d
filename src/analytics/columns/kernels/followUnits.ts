import type { FunnelPlan } from '../../kernels/funnel/plan';
import { RowFollower } from './followRows';
import type { StepSlots } from './stepSlots';
import type { Times } from '../table/times';

/** Units are followed so many at a time: few enough for their rows to stay in a cache. */
const AT_ONCE = 512;
/** Instants to a line of memory, of the larger half of their bytes. */
const LINE = 16;

export interface FollowedRows {
  readonly plan: FunnelPlan;
  readonly at: Times;
  readonly slots: StepSlots;
  /** Those that are misordered, as `misorderedInstants` tells. */
  readonly instants: Uint32Array;
  /** Whether all rows lie in the plan's range. */
  readonly isInside: boolean;
}

/** Stretches of rows in ascending order. */
export interface RowUnits {
  readonly count: number;
  /** First row of each unit. */
  readonly first: Uint32Array;
  /** How many rows each unit has; null: all up to the next unit. */
  readonly lengths: Uint32Array | null;
  /** How many steps, from the first one, each unit has rows of; may be more. 0 leaves it out. */
  readonly most: Uint8Array;
}

/** The chosen attempt of a unit; holds until the next one. */
export interface FollowedUnit {
  unit: number;
  /** Steps reached, from 1. */
  reached: number;
  /** Whether some attempt could still reach the next step. */
  isOpen: boolean;
  /** Row and instant of each step reached, from `place` on. */
  rows: Uint32Array;
  times: Float64Array;
  place: number;
}

/**
 * Follows units straight from their rows (see `RowFollower`), and enters those that opened an attempt.
 *
 * Instants are read of a few rows of each unit, which lie far apart: for most of them memory has to be waited for.
 * So first attempts are followed by their keys alone, many units one after the other; then the instants of all their
 * rows are read in one go, so that they are waited for together: 394,000 instants of five million in 3 ms instead of 6 to 9.
 */
export function followUnits(
  { plan, at, slots, instants, isInside }: FollowedRows,
  { count, first, lengths, most }: RowUnits,
  enter: (followed: FollowedUnit) => void,
  atOnce = AT_ONCE,
): void {
  const { stepCount, windowMs } = plan;
  const follower = new RowFollower(plan, at, slots, instants, isInside);
  const entered = new Uint32Array(atOnce);
  const firstReached = new Uint8Array(atOnce);
  const firstRows = new Uint32Array(atOnce * (stepCount + 1));
  const firstTimes = new Float64Array(firstRows.length);
  const followed: FollowedUnit = {
    unit: 0,
    reached: 0,
    isOpen: false,
    rows: firstRows,
    times: firstTimes,
    place: 0,
  };
  const times = new Float64Array(stepCount);
  const endOf = (unit: number): number =>
    lengths === null ? (first[unit + 1] as number) : (first[unit] as number) + (lengths[unit] as number);
  for (let unit = 0; unit < count;) {
    let found = 0;
    let length = 0;
    for (; unit < count && found < atOnce; unit++) {
      const bound = most[unit] as number;
      if (bound === 0) continue;
      const reached = follower.followFirst(first[unit] as number, endOf(unit), bound, firstRows, length);
      if (reached === 0) continue;
      entered[found] = unit;
      firstReached[found++] = reached;
      length += reached + 1;
    }
    if (found > 0) {
      const from = first[entered[0] as number] as number;
      // Written over at once: it only keeps the reading from being left out.
      firstTimes[0] = fetchLines(at, from, endOf(entered[found - 1] as number));
    }
    for (let place = 0; place < length; place++) {
      firstTimes[place] = at.of(firstRows[place] as number);
    }
    let place = 0;
    for (let index = 0; index < found; index++) {
      const own = entered[index] as number;
      const done = firstReached[index] as number;
      const openedAt = firstTimes[place] as number;
      const begin = first[own] as number;
      const end = endOf(own);
      const isMisordered = follower.isMisordered(begin, end);
      const last = firstRows[place + done] as number;
      let reached = done;
      if (isMisordered || (firstTimes[place + done - 1] as number) - openedAt > windowMs) {
        const opener = firstRows[place] as number;
        reached = isMisordered
          ? follower.choose(begin, end, opener, last + 1, most[own] as number, -1)
          : follower.choose(begin, end, opener, last + 1, done, firstRows[place + done - 1] as number);
        for (let step = 0; step < reached; step++) times[step] = at.of(follower.stepRows[step] as number);
        followed.rows = follower.stepRows;
        followed.times = times;
        followed.place = 0;
      } else {
        followed.rows = firstRows;
        followed.times = firstTimes;
        followed.place = place;
      }
      followed.unit = own;
      followed.reached = reached;
      followed.isOpen =
        reached < stepCount && follower.isUndecided(openedAt, last, firstTimes[place + done] as number);
      enter(followed);
      place += done + 1;
    }
  }
}

/**
 * Reads one instant of each line of memory, in order: the processor fetches the next ones meanwhile, as it does not
 * when they are read here and there.
 */
function fetchLines(at: Times, begin: number, end: number): number {
  let sum = 0;
  for (let row = begin; row < end; row += LINE) sum += at.of(row);
  return sum;
}
