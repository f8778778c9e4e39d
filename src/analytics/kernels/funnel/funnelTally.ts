import { pointOf, type TimeAxis } from '../../../shared/time/axisPoint';
import type { FunnelPlan, Timeline } from './plan';

/** What a tally holds of the units of one part, in a form that can cross threads. */
export interface FunnelShare {
  /** Of each unit: 2 · steps reached + (1 when it is open). */
  readonly outcomes: Uint8Array;
  /** Code of each unit's breakdown value; −1 when it is left out of the breakdown. */
  readonly values: Int32Array;
  /**
   * By step, the units that reached it in their order: ms from the first step. Nothing for the first step.
   */
  readonly fromFirst: readonly Float64Array[];
  /** The same from the step before; nothing for the first two steps, since the second's are those from the first. */
  readonly fromPrevious: readonly Float64Array[];
  /** Entrants, converted and open units of each point. */
  readonly trend: Float64Array;
  /** Events of each step, point after point. */
  readonly timeline: Float64Array;
}

/** Room for twice as many numbers. */
function doubled(values: Float64Array): Float64Array {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}

/** Adds up the units of a funnel, one after the other. Memory: a few numbers a unit that entered. */
export class FunnelTally {
  #outcomes = new Uint8Array(1024);
  #values = new Int32Array(1024);
  #units = 0;
  /** How many units reached each step, from the second on. */
  readonly #lengths: Int32Array;
  readonly #fromFirst: Float64Array[];
  readonly #fromPrevious: Float64Array[];
  #runStart = Infinity;
  #runEnd = -Infinity;
  #runPoint = 0;
  readonly #trend: Float64Array;
  readonly #timeline: Float64Array;
  readonly #plan: FunnelPlan;
  readonly #axis: TimeAxis;

  constructor(plan: FunnelPlan, axis: TimeAxis) {
    this.#plan = plan;
    this.#axis = axis;
    const { stepCount } = plan;
    this.#lengths = new Int32Array(stepCount);
    this.#fromFirst = Array.from({ length: stepCount }, (_, step) => new Float64Array(step > 0 ? 256 : 0));
    this.#fromPrevious = Array.from({ length: stepCount }, (_, step) => new Float64Array(step > 1 ? 256 : 0));
    this.#trend = new Float64Array(3 * axis.starts.length);
    this.#timeline = new Float64Array(stepCount * axis.starts.length);
  }

  /** Counts the events of a unit, entrant or not, for the timeline. */
  addEvents(timeline: Timeline): void {
    const { from, to, stepCount } = this.#plan;
    const { times, steps, length } = timeline;
    const counts = this.#timeline;
    for (let i = 0; i < length; i += 1) {
      const t = times[i] as number;
      let mask = steps[i] as number;
      if (mask === 0 || t < from || t >= to) continue;
      const offset = this.#pointAt(t) * stepCount;
      while (mask !== 0) {
        const step = 31 - Math.clz32(mask);
        mask ^= 1 << step;
        counts[offset + step] = (counts[offset + step] as number) + 1;
      }
    }
  }

  /** Counts events of steps, point after point, that were counted elsewhere. */
  addCounted(counts: Float64Array): void {
    counts.forEach((count, index) => (this.#timeline[index] = (this.#timeline[index] as number) + count));
  }

  /**
   * Counts a unit that entered the funnel.
   * @param stepTimes instants of the steps; the first `reached` of them hold
   * @param open whether it is undecided before its next step
   * @param value code of its breakdown value; −1 when it is left out of the breakdown
   */
  add(reached: number, stepTimes: ArrayLike<number>, open: boolean, value: number): void {
    if (this.#units === this.#outcomes.length) this.#growUnits();
    this.#outcomes[this.#units] = 2 * reached + (open ? 1 : 0);
    this.#values[this.#units] = value;
    this.#units += 1;
    const first = stepTimes[0] as number;
    let before = first;
    for (let step = 1; step < reached; step += 1) {
      const t = stepTimes[step] as number;
      const place = this.#lengths[step] as number;
      let fromFirst = this.#fromFirst[step] as Float64Array;
      if (place === fromFirst.length) {
        fromFirst = this.#fromFirst[step] = doubled(fromFirst);
        if (step > 1) this.#fromPrevious[step] = doubled(this.#fromPrevious[step] as Float64Array);
      }
      fromFirst[place] = t - first;
      if (step > 1) (this.#fromPrevious[step] as Float64Array)[place] = t - before;
      this.#lengths[step] = place + 1;
      before = t;
    }
    const offset = 3 * this.#pointAt(first);
    const trend = this.#trend;
    if (offset >= trend.length) return;
    trend[offset] = (trend[offset] as number) + 1;
    if (reached === this.#plan.stepCount) trend[offset + 1] = (trend[offset + 1] as number) + 1;
    if (open) trend[offset + 2] = (trend[offset + 2] as number) + 1;
  }

  /** Everything tallied so far, as a copy. */
  share(): FunnelShare {
    const reached = (values: Float64Array, step: number): Float64Array =>
      values.slice(0, Math.min(values.length, this.#lengths[step] as number));
    return {
      outcomes: this.#outcomes.slice(0, this.#units),
      values: this.#values.slice(0, this.#units),
      fromFirst: this.#fromFirst.map(reached),
      fromPrevious: this.#fromPrevious.map(reached),
      trend: this.#trend.slice(),
      timeline: this.#timeline.slice(),
    };
  }

  /** The point of an instant of the range; instants of one point come in runs. */
  #pointAt(t: number): number {
    if (t >= this.#runStart && t < this.#runEnd) return this.#runPoint;
    const axis = this.#axis;
    this.#runPoint = pointOf(axis, t);
    if (axis.modulus === undefined) {
      this.#runStart = axis.starts[this.#runPoint] ?? Infinity;
      this.#runEnd = axis.starts[this.#runPoint + 1] ?? -Infinity;
    }
    return this.#runPoint;
  }

  #growUnits(): void {
    const outcomes = new Uint8Array(2 * this.#outcomes.length);
    outcomes.set(this.#outcomes);
    this.#outcomes = outcomes;
    const values = new Int32Array(2 * this.#values.length);
    values.set(this.#values);
    this.#values = values;
  }
}
