import { pointOf, type TimeAxis } from '../../../shared/time/axisPoint';
import type { FunnelPlan, Timeline } from './plan';
import { orderTimes, type StepTimes } from './stepTimes';

/**
 * What a tally holds of the units of one part, in a form that can cross threads. Value 0 is that of units left out of
 * the breakdown, of all where there is none; value v + 1 is the v-th that occurs.
 */
export interface FunnelShare {
  /** How many units of each value have each outcome, 2 · steps reached + (1 when open); value after value. */
  readonly byOutcome: Uint32Array;
  readonly times: StepTimes;
  /** Entrants, converted and open units of each point. */
  readonly trend: Float64Array;
  /** Events of each step, point after point. */
  readonly timeline: Float64Array;
}

/** How many outcomes a unit may have. */
export function outcomeCount(stepCount: number): number {
  return 2 * (stepCount + 1);
}

/** Adds up the units of a funnel, one after the other. Memory: a few numbers a unit that entered. */
export class FunnelTally {
  #outcomes = new Uint8Array(1024);
  #values: Int32Array;
  readonly #hasValues: boolean;
  #units = 0;
  #times: Uint32Array | Float64Array;
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
    this.#hasValues = hasValues;
    this.#values = new Int32Array(hasValues ? 1024 : 0);
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
   * @param stepTimes instants of the steps reached, from `place` on
   * @param open whether it is undecided before its next step
   * @param value code of its breakdown value; −1 when it is left out of the breakdown
   */
  add(reached: number, stepTimes: ArrayLike<number>, open: boolean, value: number, place = 0): void {
    const unit = this.#units++;
    if (unit === this.#outcomes.length) this.#growUnits();
    this.#outcomes[unit] = 2 * reached + (open ? 1 : 0);
    // Without a breakdown there is no place for it.
    this.#values[unit] = value;
    const first = stepTimes[place] as number;
    if (reached > 1) {
      let to = this.#timeCount;
      if (to + reached > this.#times.length) this.#growTimes();
      const times = this.#times;
      for (let step = 1; step < reached; step += 1) times[to++] = (stepTimes[place + step] as number) - first;
      this.#timeCount = to;
    }
    const offset = 3 * pointOf(this.#axis, first);
    const trend = this.#trend;
    if (offset >= trend.length) return;
    trend[offset] = (trend[offset] as number) + 1;
    if (reached === this.#plan.stepCount) trend[offset + 1] = (trend[offset + 1] as number) + 1;
    if (open) trend[offset + 2] = (trend[offset + 2] as number) + 1;
  }

  /**
   * Everything tallied so far, as a copy.
   * @param valueCount how many values there are
   * @returns also the codes of those that occur
   */
  share(valueCount: number): { readonly share: FunnelShare; readonly held: readonly number[] } {
    const { stepCount } = this.#plan;
    const { held, slots } = this.#heldValues(valueCount);
    const stride = outcomeCount(stepCount);
    const byOutcome = new Uint32Array((held.length + 1) * stride);
    const outcomes = this.#outcomes;
    for (let unit = 0; unit < this.#units; unit += 1) {
      const cell = (slots === null ? 0 : (slots[unit] as number)) * stride + (outcomes[unit] as number);
      byOutcome[cell] = (byOutcome[cell] as number) + 1;
    }
    const units = { count: this.#units, outcomes, times: this.#times, timeCount: this.#timeCount };
    const share = {
      byOutcome,
      times: orderTimes(units, slots, held.length + 1, stepCount),
      trend: this.#trend.slice(),
      timeline: this.#timeline.slice(),
    };
    return { share, held };
  }

  /** Which values occur, and 1 + the index of each unit's among them; null without a breakdown. */
  #heldValues(valueCount: number): { readonly held: number[]; readonly slots: Int32Array | null } {
    const held: number[] = [];
    if (!this.#hasValues) return { held, slots: null };
    const slotOf = new Int32Array(valueCount);
    const slots = new Int32Array(this.#units);
    for (let unit = 0; unit < slots.length; unit += 1) {
      const value = this.#values[unit] as number;
      if (value < 0) continue;
      if (slotOf[value] === 0) slotOf[value] = held.push(value);
      slots[unit] = slotOf[value] as number;
    }
    return { held, slots };
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
  }
}
