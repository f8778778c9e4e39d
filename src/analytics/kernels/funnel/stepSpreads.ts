import type { Spread } from '../../../shared/reports/result';
import { rankOf, roundSum } from '../numbers';
import { selectRank } from '../rankSelect';

/**
 * Spreads (median, mean, 90th percentile) of the times of steps, exact, of many groups of units at once: times are
 * counted into bins, then those in the bins that hold a rank are looked at. Counts of parts of the units add up.
 */

/** Times of units, unit after unit: one for each step reached from the second on. */
export interface UnitTimes {
  /** ms from the first step. */
  readonly times: Uint32Array | Float64Array;
  /** The step of each time; the second one is 1. */
  readonly steps: Uint8Array;
}

/** The group of each time's unit; −1 for none. Null: all units are group 0. */
export type GroupOf = Int32Array | null;

/** Bins by the leading five bits of a whole number; below 16 each number has one, from 2³² on all share the last. */
export const BINS = 465;

/** Bins have the order of their times. @param ms a whole number from 0 */
export function timeBin(ms: number): number {
  if (ms < 16) return ms;
  if (ms >= 2 ** 32) return BINS - 1;
  const shift = 27 - Math.clz32(ms);
  return (shift << 4) + (ms >>> shift);
}

/** Sums of whole ms are carried here, so that they stay exact. */
const CARRY = 2 ** 52;

/**
 * Counts of times by cell and bin. Cell 2 · (group · steps + step), steps from 0, has the times from the first step,
 * the one behind it those from the step before.
 */
export interface TimeCounts {
  readonly bins: Uint32Array;
  /** Of each cell: the sum of its times is `carried · 2⁵² + sums`, ms. */
  readonly sums: Float64Array;
  readonly carried: Float64Array;
}

export function noTimes(groups: number, stepCount: number): TimeCounts {
  const cells = 2 * groups * stepCount;
  return {
    bins: new Uint32Array(cells * BINS),
    sums: new Float64Array(cells),
    carried: new Float64Array(cells),
  };
}

/** By step, 1 where the time before is that of the step before: the second step has none before it. */
function followersOf(stepCount: number): Uint8Array {
  return Uint8Array.from({ length: stepCount }, (_, step) => (step > 1 ? 1 : 0));
}

/** Counts the times of a part's units. */
export function countTimes(
  { bins, sums, carried }: TimeCounts,
  { times, steps }: UnitTimes,
  stepCount: number,
  groupOf: GroupOf,
): void {
  const follows = followersOf(stepCount);
  let before = 0;
  for (let index = 0; index < times.length; index += 1) {
    const time = times[index] as number;
    const step = steps[index] as number;
    const own = time - before * (follows[step] as number);
    before = time;
    const group = groupOf === null ? 0 : (groupOf[index] as number);
    if (group < 0) continue;
    const cell = 2 * (group * stepCount + step);
    const bin = cell * BINS + timeBin(time);
    bins[bin] = (bins[bin] as number) + 1;
    const sum = (sums[cell] as number) + time;
    sums[cell] = sum;
    if (sum >= CARRY) carry(sums, carried, cell);
    const ownBin = (cell + 1) * BINS + timeBin(own);
    bins[ownBin] = (bins[ownBin] as number) + 1;
    const ownSum = (sums[cell + 1] as number) + own;
    sums[cell + 1] = ownSum;
    if (ownSum >= CARRY) carry(sums, carried, cell + 1);
  }
}

function carry(sums: Float64Array, carried: Float64Array, cell: number): void {
  sums[cell] = (sums[cell] as number) - CARRY;
  carried[cell] = (carried[cell] as number) + 1;
}

/** Adds the counts of another part. */
export function addTimes(all: TimeCounts, { bins, sums, carried }: TimeCounts): void {
  for (let bin = 0; bin < bins.length; bin += 1)
    all.bins[bin] = (all.bins[bin] as number) + (bins[bin] as number);
  for (let cell = 0; cell < sums.length; cell += 1) {
    all.sums[cell] = (all.sums[cell] as number) + (sums[cell] as number);
    all.carried[cell] = (all.carried[cell] as number) + (carried[cell] as number);
    if ((all.sums[cell] as number) >= CARRY) carry(all.sums, all.carried, cell);
  }
}

/** A cell that has times: where those of its median and of its 90th percentile are gathered, and their ranks there. */
interface Wanted {
  readonly cell: number;
  readonly mean: number;
  readonly places: readonly { readonly rank: number; readonly begin: number; readonly end: number }[];
}

const FRACTIONS = [0.5, 0.9];

/**
 * Finds the bins that hold a rank, and turns counts into places: 1 + where the first time of such a bin is to be
 * gathered, 0 for all others.
 */
function placeRanks({ bins, sums, carried }: TimeCounts): { wanted: Wanted[]; length: number } {
  const wanted: Wanted[] = [];
  let length = 0;
  for (let cell = 0; cell < sums.length; cell += 1) {
    const own = bins.subarray(cell * BINS, (cell + 1) * BINS);
    let total = 0;
    for (let bin = 0; bin < BINS; bin += 1) total += own[bin] as number;
    if (total === 0) continue;
    const found: { bin: number; begin: number }[] = [];
    let bin = 0;
    let before = 0;
    const places = FRACTIONS.map((fraction) => {
      const rank = rankOf(total, fraction);
      while (rank - before > (own[bin] as number)) {
        before += own[bin] as number;
        bin += 1;
      }
      const size = own[bin] as number;
      if (found[found.length - 1]?.bin !== bin) {
        found.push({ bin, begin: length });
        length += size;
      }
      return { rank: rank - before, begin: length - size, end: length };
    });
    own.fill(0);
    for (const one of found) own[one.bin] = one.begin + 1;
    const sum =
      carried[cell] === 0
        ? (sums[cell] as number)
        : Number(BigInt(carried[cell] as number) * BigInt(CARRY) + BigInt(sums[cell] as number));
    wanted.push({ cell, mean: roundSum(sum / total / 1000), places });
  }
  return { wanted, length };
}

/** Gathers the times of a part whose bins have a place; places move on to the next one of their bin. */
function gatherTimes(
  places: Uint32Array,
  gathered: Float64Array,
  { times, steps }: UnitTimes,
  stepCount: number,
  groupOf: GroupOf,
): void {
  const follows = followersOf(stepCount);
  let before = 0;
  for (let index = 0; index < times.length; index += 1) {
    const time = times[index] as number;
    const step = steps[index] as number;
    const own = time - before * (follows[step] as number);
    before = time;
    const group = groupOf === null ? 0 : (groupOf[index] as number);
    if (group < 0) continue;
    const first = 2 * (group * stepCount + step) * BINS;
    const bin = first + timeBin(time);
    const place = places[bin] as number;
    if (place !== 0) {
      gathered[place - 1] = time;
      places[bin] = place + 1;
    }
    const ownBin = first + BINS + timeBin(own);
    const ownPlace = places[ownBin] as number;
    if (ownPlace !== 0) {
      gathered[ownPlace - 1] = own;
      places[ownBin] = ownPlace + 1;
    }
  }
}

/** Of each group and step (group · steps + step): the spreads of times from the first step, and from the one before. */
export interface StepSpreads {
  readonly fromFirst: readonly Spread[];
  readonly fromPrevious: readonly Spread[];
}

const NONE: Spread = { median: null, mean: null, p90: null };

/**
 * The spreads of times that are counted, in seconds. Percentiles are by nearest rank; means are the sum of whole ms
 * over the count, to 12 significant digits.
 * @param counts of all parts together; used up
 */
export function selectSpreads(
  counts: TimeCounts,
  parts: readonly { readonly units: UnitTimes; readonly groupOf: GroupOf }[],
  stepCount: number,
): StepSpreads {
  const { wanted, length } = placeRanks(counts);
  const gathered = new Float64Array(length);
  for (const { units, groupOf } of parts) gatherTimes(counts.bins, gathered, units, stepCount, groupOf);
  const cells = counts.sums.length / 2;
  const fromFirst = new Array<Spread>(cells).fill(NONE);
  const fromPrevious = new Array<Spread>(cells).fill(NONE);
  for (const { cell, mean, places } of wanted) {
    const [median = 0, p90 = 0] = places.map(({ rank, begin, end }) =>
      selectRank(gathered.subarray(begin, end), rank),
    );
    const spread = { median: median / 1000, mean, p90: p90 / 1000 };
    (cell % 2 === 0 ? fromFirst : fromPrevious)[cell >> 1] = spread;
  }
  return { fromFirst, fromPrevious };
}

/** Cells whose counts are kept at once: about eight megabytes. */
const MOST_CELLS = 4_096;

/** The spreads of units by group, some groups after the other where there are many. */
export function spreadsByGroup(
  parts: readonly { readonly units: UnitTimes; readonly groupOf: Int32Array }[],
  groups: number,
  stepCount: number,
): StepSpreads {
  const atOnce = Math.max(1, Math.floor(MOST_CELLS / (2 * stepCount)));
  const all: StepSpreads[] = [];
  for (let first = 0; first < groups; first += atOnce) {
    const count = Math.min(atOnce, groups - first);
    const own =
      groups <= atOnce
        ? parts
        : parts.map(({ units, groupOf }) => ({
            units,
            groupOf: groupOf.map((group) => (group >= first && group < first + count ? group - first : -1)),
          }));
    const counts = noTimes(count, stepCount);
    for (const { units, groupOf } of own) countTimes(counts, units, stepCount, groupOf);
    all.push(selectSpreads(counts, own, stepCount));
  }
  return {
    fromFirst: all.flatMap(({ fromFirst }) => fromFirst),
    fromPrevious: all.flatMap(({ fromPrevious }) => fromPrevious),
  };
}
