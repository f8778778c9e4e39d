import { pointOf, type TimeAxis } from '../../../shared/time/axisPoint';
import type { FunnelPlan, Timeline } from './plan';
import { countTimes, noTimes, type TimeCounts, type UnitTimes } from './stepSpreads';

/** What a tally holds of the units of one part, in a form that can cross threads. */
export interface FunnelShare extends UnitTimes {
  /** Of each unit: 2 · steps reached + (1 when it is open). */
  readonly outcomes: Uint8Array;
  /** How many units have each outcome. */
  readonly byOutcome: Uint32Array;
  /** From the first to the last step, ms, of the units that converted. */
  readonly conversions: Float64Array;
  /** Code of each unit's breakdown value, −1 when it is left out of the breakdown; empty without one. */
  readonly values: Int32Array;
  /** That of each time's unit. */
  readonly timeValues: Int32Array;
  /** Counts of the times of all units. */
  readonly counts: TimeCounts;
  /** Entrants, converted and open units of each point. */
  readonly trend: Float64Array;
  /** Events of each step, point after point. */
  readonly timeline: Float64Array;
}

/** From the first to the last step, ms, of the units that converted. */
function conversionsOf({ times, steps }: UnitTimes, stepCount: number): Float64Array {
  const found = new Float64Array(times.length + 1);
  let length = 0;
  for (let index = 0; index < times.length; index += 1) {
    // Written over by the next one unless it is of the last step.
    found[length] = times[index] as number;
    length += steps[index] === stepCount - 1 ? 1 : 0;
  }
  return found.slice(0, length);
}

/** Adds up the units of a funnel, one after the other. Memory: a few numbers a unit that entered. */
export class FunnelTally {
  #outcomes = new Uint8Array(1024);
  #values: Int32Array;
  #units = 0;
  #times: Uint32Array | Float64Array;
  #steps = new Uint8Array(4096);
  #timeValues: Int32Array;
  #timeCount = 0;
  #runStart = Infinity;
  #runEnd = -Infinity;
  #runPoint = 0;
  readonly #trend: Float64Array;
  readonly #timeline: Float64Array;
  readonly #plan: FunnelPlan;
  readonly #axis: TimeAxis;

  /** @param hasValues whether the breakdown value of each unit is told */
  constructor(plan: FunnelPlan, axis: TimeAxis, hasValues: boolean) {
    this.#plan = plan;
    this.#axis = axis;
    const { stepCount } = plan;
    const isShort = !plan.windowPerStep && plan.windowMs < 2 ** 32;
    this.#times = isShort ? new Uint32Array(4096) : new Float64Array(4096);
    this.#values = new Int32Array(hasValues ? 1024 : 0);
    this.#timeValues = new Int32Array(hasValues ? 4096 : 0);
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
    const timeline = this.#timeline;
    for (let index = 0; index < counts.length; index += 1) {
      timeline[index] = (timeline[index] as number) + (counts[index] as number);
    }
  }

  /**
   * Counts a unit that entered the funnel.
   * @param stepTimes instants of the steps; the first `reached` of them hold
   * @param open whether it is undecided before its next step
   * @param value code of its breakdown value; −1 when it is left out of the breakdown
   * @param point that of its first step, where it is known
   */
  add(
    reached: number,
    stepTimes: ArrayLike<number>,
    open: boolean,
    value: number,
    point = this.#pointAt(stepTimes[0] as number),
  ): void {
    const unit = this.#units++;
    if (unit === this.#outcomes.length) this.#growUnits();
    this.#outcomes[unit] = 2 * reached + (open ? 1 : 0);
    // Without a breakdown there is no place for it.
    this.#values[unit] = value;
    if (reached > 1) {
      let place = this.#timeCount;
      if (place + reached > this.#times.length) this.#growTimes();
      const times = this.#times;
      const first = stepTimes[0] as number;
      for (let step = 1; step < reached; step += 1) {
        times[place] = (stepTimes[step] as number) - first;
        this.#steps[place] = step;
        this.#timeValues[place++] = value;
      }
      this.#timeCount = place;
    }
    const offset = 3 * point;
    const trend = this.#trend;
    if (offset >= trend.length) return;
    trend[offset] = (trend[offset] as number) + 1;
    if (reached === this.#plan.stepCount) trend[offset + 1] = (trend[offset + 1] as number) + 1;
    if (open) trend[offset + 2] = (trend[offset + 2] as number) + 1;
  }

  /** Everything tallied so far, as a copy. */
  share(): FunnelShare {
    const units = {
      times: this.#times.slice(0, this.#timeCount),
      steps: this.#steps.slice(0, this.#timeCount),
    };
    const counts = noTimes(1, this.#plan.stepCount);
    countTimes(counts, units, this.#plan.stepCount, null);
    const outcomes = this.#outcomes.slice(0, this.#units);
    const byOutcome = new Uint32Array(2 * (this.#plan.stepCount + 1));
    for (let unit = 0; unit < outcomes.length; unit += 1) {
      const outcome = outcomes[unit] as number;
      byOutcome[outcome] = (byOutcome[outcome] as number) + 1;
    }
    return {
      ...units,
      outcomes,
      byOutcome,
      conversions: conversionsOf(units, this.#plan.stepCount),
      timeValues: this.#timeValues.slice(0, this.#timeCount),
      values: this.#values.slice(0, this.#units),
      counts,
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

  #growTimes(): void {
    const { length } = this.#times;
    const times =
      this.#times instanceof Uint32Array ? new Uint32Array(2 * length) : new Float64Array(2 * length);
    times.set(this.#times);
    this.#times = times;
    const steps = new Uint8Array(2 * length);
    steps.set(this.#steps);
    this.#steps = steps;
    const values = new Int32Array(2 * this.#timeValues.length);
    values.set(this.#timeValues);
    this.#timeValues = values;
  }
}
