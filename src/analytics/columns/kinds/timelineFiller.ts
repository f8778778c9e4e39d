import type { Timeline } from '../../kernels/funnel/plan';
import type { EventBits } from '../scan/bits';
import type { RowMask } from '../scan/rowMask';

/** Lays rows of one unit out as the funnel kernel reads them; the arrays are reused. */
export class TimelineFiller {
  readonly timeline: Timeline;
  /** Row of each event of the timeline. */
  rows = new Int32Array(1024);
  /** Steps that some event of the timeline matches. */
  union = 0;

  /**
   * @param passes rows that pass the filters; null: all
   * @param from events before can open nothing, and those after an opening all lie later
   * @param everyEvent whether events that match nothing are wanted too
   */
  constructor(
    private readonly at: Float64Array,
    private readonly steps: EventBits,
    private readonly exclusions: EventBits | null,
    private readonly passes: RowMask | null,
    private readonly from: number,
    private readonly everyEvent: boolean,
  ) {
    this.timeline = {
      length: 0,
      times: new Float64Array(1024),
      steps: new Int32Array(1024),
      exclusions: exclusions ? new Int32Array(1024) : null,
      values: null,
    };
  }

  /** Takes the rows at the places [begin, end) of an order (null: the rows' own). */
  fill(order: Uint32Array | null, begin: number, end: number): void {
    const { at, passes, from, everyEvent, timeline } = this;
    if (this.rows.length < end - begin) this.#grow(end - begin);
    const { rows } = this;
    const { times } = timeline;
    const stepBits = this.steps;
    const excluded = this.exclusions;
    if (order === null && excluded === null && !everyEvent) {
      this.#fillSteps(begin, end);
      return;
    }
    let length = 0;
    let union = 0;
    for (let place = begin; place < end; place++) {
      const row = order === null ? place : (order[place] as number);
      const bits = stepBits.bitsOf[stepBits.keys[row] as number] as number;
      if (!everyEvent && bits === 0 && excluded === null) continue;
      const exclusion = excluded === null ? 0 : (excluded.bitsOf[excluded.keys[row] as number] as number);
      if (!everyEvent && bits === 0 && exclusion === 0) continue;
      const time = at[row] as number;
      if (time < from || (passes !== null && passes[row] === 0)) continue;
      rows[length] = row;
      times[length] = time;
      timeline.steps[length] = bits;
      union |= bits;
      if (timeline.exclusions) timeline.exclusions[length] = exclusion;
      length++;
    }
    timeline.length = length;
    this.union = union;
  }

  /** The common case: rows as they lie, those of steps alone. */
  #fillSteps(begin: number, end: number): void {
    const { at, passes, from, rows, timeline } = this;
    const { times, steps } = timeline;
    const { keys, bitsOf } = this.steps;
    let length = 0;
    let union = 0;
    for (let row = begin; row < end; row++) {
      const bits = bitsOf[keys[row] as number] as number;
      if (bits === 0) continue;
      const time = at[row] as number;
      if (time < from || (passes !== null && passes[row] === 0)) continue;
      rows[length] = row;
      times[length] = time;
      steps[length++] = bits;
      union |= bits;
    }
    timeline.length = length;
    this.union = union;
  }

  #grow(least: number): void {
    const size = 2 * least;
    this.rows = new Int32Array(size);
    this.timeline.times = new Float64Array(size);
    this.timeline.steps = new Int32Array(size);
    if (this.timeline.exclusions) this.timeline.exclusions = new Int32Array(size);
  }
}
