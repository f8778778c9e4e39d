import type { Spread } from '../../../shared/reports/result';
import { rankOf, roundSum } from '../numbers';
import { selectRank } from '../rankSelect';
import { CARRY, cellOf, FINEST, type StepTimes } from './stepTimes';

/**
 * Spreads (median, mean, 90th percentile) of the times of steps, exact, of groups of units over all parts: counts of
 * bins add up, and only the times in the bins that hold a rank are looked at.
 */

/** The times of a part's units, and the group of each of its breakdown values; −1 for none. */
export interface GroupedTimes {
  readonly times: StepTimes;
  readonly groupOf: ArrayLike<number>;
}

/** Of each group and step (group · steps + step): the spreads of times from the first step, and from the one before. */
export interface StepSpreads {
  readonly fromFirst: readonly Spread[];
  readonly fromPrevious: readonly Spread[];
}

const NONE: Spread = { median: null, mean: null, p90: null };
const FRACTIONS = [0.5, 0.9];

/** The group's cell of each cell of a part; −1 for none. */
function groupCells({ groupOf }: GroupedTimes, stepCount: number): Int32Array {
  const stride = cellOf(1, 1, stepCount);
  return Int32Array.from({ length: groupOf.length * stride }, (_, cell) => {
    const group = groupOf[Math.floor(cell / stride)] as number;
    return group < 0 ? -1 : group * stride + (cell % stride);
  });
}

/** Counts of the bins of each group's cells, and the sums of their times. */
function addUp(
  parts: readonly GroupedTimes[],
  cells: number,
  stepCount: number,
  bins: number,
): { counts: Uint32Array; sums: Float64Array; carried: Float64Array } {
  const counts = new Uint32Array(cells * bins);
  const sums = new Float64Array(cells);
  const carried = new Float64Array(cells);
  for (const part of parts) {
    const { starts, bins: own, sums: ownSums, carried: ownCarried } = part.times;
    const stretch = own / bins;
    const cellsOf = groupCells(part, stepCount);
    for (let cell = 0; cell < cellsOf.length; cell += 1) {
      const groupCell = cellsOf[cell] as number;
      let begin = starts[cell * own] as number;
      if (groupCell < 0 || begin === starts[(cell + 1) * own]) continue;
      const first = groupCell * bins;
      let next = cell * own + stretch;
      for (let bin = first; bin < first + bins; bin += 1) {
        const end = starts[next] as number;
        counts[bin] = (counts[bin] as number) + end - begin;
        begin = end;
        next += stretch;
      }
      const sum = (sums[groupCell] as number) + (ownSums[cell] as number);
      const isFull = sum >= CARRY;
      sums[groupCell] = isFull ? sum - CARRY : sum;
      carried[groupCell] = (carried[groupCell] as number) + (ownCarried[cell] as number) + (isFull ? 1 : 0);
    }
  }
  return { counts, sums, carried };
}

/** A bin that holds a rank: where its times are gathered. */
interface Gathering {
  readonly bin: number;
  readonly begin: number;
  readonly end: number;
  next: number;
}

/** A cell that has times: its mean, in seconds, and where those of its median and its 90th percentile are gathered. */
interface Wanted {
  readonly mean: number;
  readonly gatherings: readonly Gathering[];
  readonly places: readonly { readonly rank: number; readonly gathering: Gathering }[];
}

/** Finds the bins of a cell that hold a rank. @param from where times may be gathered */
function findRanks(counts: Uint32Array, total: number, from: number): Omit<Wanted, 'mean'> {
  const gatherings: Gathering[] = [];
  let bin = 0;
  let before = 0;
  let begin = from;
  const places = FRACTIONS.map((fraction) => {
    const rank = rankOf(total, fraction);
    while (rank - before > (counts[bin] as number)) before += counts[bin++] as number;
    let gathering = gatherings[gatherings.length - 1];
    if (gathering?.bin !== bin) {
      gathering = { bin, begin, end: begin + (counts[bin] as number), next: begin };
      begin = gathering.end;
      gatherings.push(gathering);
    }
    return { rank: rank - before, gathering };
  });
  return { gatherings, places };
}

/**
 * The spreads of the times of groups, in seconds. Percentiles are by nearest rank; means are the sum of whole ms over
 * the count, to 12 significant digits.
 */
export function selectSpreads(
  parts: readonly GroupedTimes[],
  groups: number,
  stepCount: number,
): StepSpreads {
  const cells = cellOf(groups, 1, stepCount);
  const bins = parts.reduce((fewest, { times }) => Math.min(fewest, times.bins), FINEST);
  const { counts, sums, carried } = addUp(parts, cells, stepCount, bins);
  const wanted: (Wanted | null)[] = [];
  let length = 0;
  for (let cell = 0; cell < cells; cell += 1) {
    const own = counts.subarray(cell * bins, (cell + 1) * bins);
    let total = 0;
    for (let bin = 0; bin < bins; bin += 1) total += own[bin] as number;
    if (total === 0) {
      wanted.push(null);
      continue;
    }
    const sum =
      carried[cell] === 0
        ? (sums[cell] as number)
        : Number(BigInt(carried[cell] as number) * BigInt(CARRY) + BigInt(sums[cell] as number));
    const found = findRanks(own, total, length);
    for (const { end } of found.gatherings) length = end;
    wanted.push({ mean: roundSum(sum / total / 1000), ...found });
  }
  const gathered = new Float64Array(length);
  for (const part of parts) {
    const { times, starts, bins: own } = part.times;
    const stretch = own / bins;
    groupCells(part, stepCount).forEach((groupCell, cell) => {
      for (const gathering of wanted[groupCell]?.gatherings ?? []) {
        const first = cell * own + gathering.bin * stretch;
        const end = starts[first + stretch] as number;
        let to = gathering.next;
        for (let place = starts[first] as number; place < end; place += 1) {
          gathered[to++] = times[place] as number;
        }
        gathering.next = to;
      }
    });
  }
  const fromFirst = new Array<Spread>(groups * stepCount).fill(NONE);
  const fromPrevious = new Array<Spread>(groups * stepCount).fill(NONE);
  for (let group = 0; group < groups; group += 1) {
    for (let step = 1; step < stepCount; step += 1) {
      const cell = cellOf(group, step, stepCount);
      fromFirst[group * stepCount + step] = spreadOf(wanted[cell] ?? null, gathered);
      fromPrevious[group * stepCount + step] = spreadOf(wanted[cell + 1] ?? null, gathered);
    }
  }
  return { fromFirst, fromPrevious };
}

function spreadOf(wanted: Wanted | null, gathered: Float64Array): Spread {
  if (!wanted) return NONE;
  const [median = 0, p90 = 0] = wanted.places.map(({ rank, gathering }) =>
    selectRank(gathered.subarray(gathering.begin, gathering.end), rank),
  );
  return { median: median / 1000, mean: wanted.mean, p90: p90 / 1000 };
}
