import type { Timeline } from '../../kernels/funnel/plan';
import type { EventBits } from '../scan/bits';
import type { RowMask } from '../scan/rowMask';
import type { Times } from '../table/times';

/** Rows of a part that matter, reused from part to part: a thread scans one after the other. */
let scratch = new Uint32Array(0);

/**
 * The rows with a flagged key that pass, ascending. Each row is written, and overwritten by the next one unless it
 * is wanted: there is no branch to guess wrong.
 * @param rows where they are written; one longer than there are keys
 * @returns how many there are
 */
function pickRows(
  keys: ArrayLike<number>,
  flags: Uint8Array,
  passes: RowMask | null,
  rows: Uint32Array,
): number {
  const { length } = keys;
  let found = 0;
  if (passes === null) {
    for (let row = 0; row < length; row++) {
      rows[found] = row;
      found += flags[keys[row] as number] as number;
    }
  } else {
    for (let row = 0; row < length; row++) {
      rows[found] = row;
      found += (flags[keys[row] as number] as number) & (passes[row] as number);
    }
  }
  return found;
}

export interface FillerOptions {
  readonly at: Times;
  readonly steps: EventBits;
  readonly exclusions: EventBits | null;
  /** Rows that pass the filters; null: all. */
  readonly passes: RowMask | null;
  /** Events before can open nothing, and those after an opening all lie later. */
  readonly from: number;
  /** Steps without which a unit needs not be laid out. */
  readonly openers: number;
  /** Whether events that match nothing are wanted too. */
  readonly everyEvent: boolean;
}

/**
 * Lays rows of one unit after the other out as the funnel kernel reads them. The rows that matter are picked from
 * all of the part at once; the arrays are reused. One at a time in a thread.
 */
export class TimelineFiller {
  readonly timeline: Timeline;
  /** Row of each event of the timeline. */
  rows = new Uint32Array(1024);
  readonly #options: FillerOptions;
  /** Rows that match a step or an exclusion (or all), ascending. */
  readonly #picked: Uint32Array;
  #next = 0;

  constructor(options: FillerOptions) {
    this.#options = options;
    const { steps, exclusions, passes, everyEvent } = options;
    const { length } = steps.keys;
    if (scratch.length <= length) scratch = new Uint32Array(length + 1);
    let count: number;
    if (exclusions !== null && exclusions.keys !== steps.keys) {
      count = 0;
      for (let row = 0; row < length; row++) {
        const bits =
          (steps.bitsOf[steps.keys[row] as number] as number) |
          (exclusions.bitsOf[exclusions.keys[row] as number] as number);
        if ((everyEvent || bits !== 0) && (passes === null || passes[row] === 1)) scratch[count++] = row;
      }
    } else {
      const flags = Uint8Array.from(steps.bitsOf, (bits, key) =>
        everyEvent || bits !== 0 || (exclusions !== null && exclusions.bitsOf[key] !== 0) ? 1 : 0,
      );
      count = pickRows(steps.keys, flags, passes, scratch);
    }
    this.#picked = scratch.subarray(0, count);
    this.timeline = {
      length: 0,
      times: new Float64Array(1024),
      steps: new Int32Array(1024),
      exclusions: exclusions ? new Int32Array(1024) : null,
      values: null,
    };
  }

  /** The rows that are picked; until another filler is made. */
  get picked(): Uint32Array {
    return this.#picked;
  }

  /**
   * Takes the rows from `begin` to before `end`, which lie behind those of earlier calls.
   * @returns whether the timeline was laid out: not without an opener
   */
  fill(begin: number, end: number): boolean {
    const picked = this.#picked;
    const { at, steps, exclusions, from, openers } = this.#options;
    const { keys, bitsOf } = steps;
    const { length: count } = picked;
    let place = this.#next;
    while (place < count && (picked[place] as number) < begin) place++;
    const first = place;
    if (this.rows.length < end - begin) this.#grow(end - begin);
    const { rows, timeline } = this;
    const { times, steps: stepBits } = timeline;
    let union = 0;
    for (; place < count; place++) {
      const row = picked[place] as number;
      if (row >= end) break;
      const bits = bitsOf[keys[row] as number] as number;
      stepBits[place - first] = bits;
      union |= bits;
    }
    this.#next = place;
    if ((union & openers) === 0) return false;
    // Times ascend: what comes before the range is left out in front.
    let start = first;
    while (start < place && at.of(picked[start] as number) < from) start++;
    if (start > first) stepBits.copyWithin(0, start - first, place - first);
    const length = place - start;
    for (let index = 0; index < length; index++) {
      const row = picked[start + index] as number;
      rows[index] = row;
      times[index] = at.of(row);
    }
    if (exclusions !== null && timeline.exclusions) {
      for (let index = 0; index < length; index++) {
        const row = rows[index] as number;
        timeline.exclusions[index] = exclusions.bitsOf[exclusions.keys[row] as number] as number;
      }
    }
    timeline.length = length;
    return true;
  }

  /** The same with listed rows, at the places from `begin` to before `end` of a list. */
  fillListed(list: Uint32Array, begin: number, end: number): boolean {
    const { at, steps, exclusions, passes, from, openers, everyEvent } = this.#options;
    if (this.rows.length < end - begin) this.#grow(end - begin);
    const { rows, timeline } = this;
    let length = 0;
    let union = 0;
    for (let place = begin; place < end; place++) {
      const row = list[place] as number;
      const bits = steps.bitsOf[steps.keys[row] as number] as number;
      const excluded =
        exclusions === null ? 0 : (exclusions.bitsOf[exclusions.keys[row] as number] as number);
      if (!everyEvent && (bits | excluded) === 0) continue;
      const time = at.of(row);
      if (time < from || (passes !== null && passes[row] === 0)) continue;
      rows[length] = row;
      timeline.times[length] = time;
      timeline.steps[length] = bits;
      if (timeline.exclusions) timeline.exclusions[length] = excluded;
      union |= bits;
      length++;
    }
    timeline.length = length;
    return (union & openers) !== 0;
  }

  #grow(least: number): void {
    const size = 2 * least;
    this.rows = new Uint32Array(size);
    this.timeline.times = new Float64Array(size);
    this.timeline.steps = new Int32Array(size);
    if (this.timeline.exclusions) this.timeline.exclusions = new Int32Array(size);
  }
}
