/**
 * Times of the steps of a part's units, ordered by cell and bin, so that whoever adds parts up reads counts off and
 * looks at few times. A cell is a breakdown value, a step from the second on, and whether the time is that from the
 * first step or from the step before.
 */
export interface StepTimes {
  /** ms; those of bin b of cell c lie from `starts[c · bins + b]` to before `starts[c · bins + b + 1]`. */
  readonly times: Uint32Array | Float64Array;
  readonly starts: Uint32Array;
  /** Bins of each cell, a power of two: fewer where there are many cells, or few times. */
  readonly bins: number;
  /** Of each cell: the sum of its times is `carried · 2⁵² + sums`, ms. */
  readonly sums: Float64Array;
  readonly carried: Float64Array;
}

/** Units one after the other. */
export interface UnitSteps {
  readonly count: number;
  /** 2 · steps reached + (1 when open). */
  readonly outcomes: Uint8Array;
  /** From the first step to each later one reached, ms, unit after unit; ascending within a unit. */
  readonly times: Uint32Array | Float64Array;
  readonly timeCount: number;
}

/** Where the cells of a value begin: those of a step lie side by side, the time from the first step first. */
export function cellOf(value: number, step: number, stepCount: number): number {
  return 2 * (value * (stepCount - 1) + step - 1);
}

/** Bins by the leading five bits of a whole number; below 16 each number has one, from 2³² on all share the last. */
export const FINEST = 512;
const LAST = 464;

/** Bins have the order of their times. @param ms a whole number from 0 */
export function timeBin(ms: number): number {
  if (ms < 16) return ms;
  if (ms >= 2 ** 32) return LAST;
  const shift = 27 - Math.clz32(ms);
  return (shift << 4) + (ms >>> shift);
}

/** More are not told apart: neighbouring bins are one then. */
const MOST_BINS = 1 << 15;
/** So many for each cell, if not for each time, are worth their adding up. */
const ENOUGH = 128;

function coarsenessOf(cells: number, timeCount: number): number {
  let halved = 0;
  for (let bins = FINEST; bins > 1; bins >>= 1) {
    if (bins * cells <= (bins > ENOUGH ? Math.min(MOST_BINS, timeCount) : MOST_BINS)) break;
    halved += 1;
  }
  return halved;
}

/** Sums of whole ms are carried here, so that they stay exact. */
export const CARRY = 2 ** 52;

/**
 * Orders the times of units.
 * @param slots index of each unit's breakdown value; null: all have value 0
 */
export function orderTimes(
  { count, outcomes, times, timeCount }: UnitSteps,
  slots: Int32Array | null,
  valueCount: number,
  stepCount: number,
): StepTimes {
  const cells = cellOf(valueCount, 1, stepCount);
  const halved = coarsenessOf(cells, timeCount);
  const bins = FINEST >> halved;
  const next = new Uint32Array(cells * bins + 1);
  const sums = new Float64Array(cells);
  const carried = new Float64Array(cells);
  // Each time's places are needed twice.
  const binsOf = new Uint32Array(2 * timeCount);
  let place = 0;
  for (let unit = 0; unit < count; unit += 1) {
    const reached = (outcomes[unit] as number) >> 1;
    if (reached < 2) continue;
    let cell = cellOf(slots === null ? 0 : (slots[unit] as number), 1, stepCount);
    let before = 0;
    for (let step = 1; step < reached; step += 1) {
      const time = times[place] as number;
      const own = time - before;
      before = time;
      const bin = cell * bins + (timeBin(time) >> halved);
      const ownBin = (cell + 1) * bins + (timeBin(own) >> halved);
      next[bin + 1] = (next[bin + 1] as number) + 1;
      next[ownBin + 1] = (next[ownBin + 1] as number) + 1;
      binsOf[2 * place] = bin;
      binsOf[2 * place + 1] = ownBin;
      cell += 2;
      place += 1;
    }
  }
  for (let bin = 1; bin < next.length; bin += 1) {
    next[bin] = (next[bin] as number) + (next[bin - 1] as number);
  }
  const starts = next.slice();
  const ordered = times instanceof Uint32Array ? new Uint32Array(2 * place) : new Float64Array(2 * place);
  place = 0;
  for (let unit = 0; unit < count; unit += 1) {
    const reached = (outcomes[unit] as number) >> 1;
    let before = 0;
    for (let step = 1; step < reached; step += 1) {
      const time = times[place] as number;
      const bin = binsOf[2 * place] as number;
      const ownBin = binsOf[2 * place + 1] as number;
      const to = next[bin] as number;
      ordered[to] = time;
      next[bin] = to + 1;
      const ownTo = next[ownBin] as number;
      ordered[ownTo] = time - before;
      next[ownBin] = ownTo + 1;
      before = time;
      place += 1;
    }
  }
  for (let cell = 0; cell < cells; cell += 1) {
    const end = starts[(cell + 1) * bins] as number;
    let sum = 0;
    for (let at = starts[cell * bins] as number; at < end; at += 1) {
      sum += ordered[at] as number;
      if (sum >= CARRY) {
        sum -= CARRY;
        carried[cell] = (carried[cell] as number) + 1;
      }
    }
    sums[cell] = sum;
  }
  return { times: ordered, starts, bins, sums, carried };
}

/** The times from the first to a later step of the units of one value. */
export function timesFromFirst(
  { times, starts, bins }: StepTimes,
  value: number,
  step: number,
  stepCount: number,
): Uint32Array | Float64Array {
  const cell = cellOf(value, step, stepCount);
  return times.subarray(starts[cell * bins], starts[(cell + 1) * bins]);
}
