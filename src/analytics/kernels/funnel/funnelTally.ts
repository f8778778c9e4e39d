import type { FunnelData, FunnelStepResult } from '../../../shared/reports/result';
import { pointOf, type TimeAxis } from '../../../shared/time/axisPoint';
import { GrowingInt32 } from '../growing';
import { compareRanked, rate } from '../numbers';
import { OTHER } from '../series';
import type { FunnelPlan, Timeline } from './plan';
import { spreadOf } from './spread';
import { histogramOf } from './timeToConvert';

/** What the tally keeps of a unit. */
export interface TalliedUnit {
  readonly reached: number;
  /** Instants of the steps reached; only so many of them hold. */
  readonly stepTimes: ArrayLike<number>;
  /** Undecided before its next step. */
  readonly open: boolean;
  /** Code of its breakdown value; −1 when it is left out of the breakdown. */
  readonly value: number;
}

/** Times from the step before, and from the first one, of the units that reached a step, ms; none for the first step. */
interface StepDurations {
  readonly fromPrevious: Float64Array;
  /** The very same array for the second step. */
  readonly fromFirst: Float64Array;
}

/** What a tally holds of the units of one part, in a form that can cross threads. */
export interface FunnelShare {
  /** Of each unit: 2 · steps reached + (1 when it is open). */
  readonly outcomes: Int32Array;
  readonly values: Int32Array;
  /** Instant of each reached step, unit after unit. */
  readonly stepTimes: Float64Array;
  /** Entrants, converted and open units of each point. */
  readonly trend: Float64Array;
  /** Events of each step, point after point. */
  readonly timeline: Float64Array;
}

/** Adds up the units of a funnel and answers with its figures. Memory: a few numbers a unit that entered. */
export class FunnelTally {
  private readonly outcomes = new GrowingInt32();
  private readonly values = new GrowingInt32();
  private stepTimes = new Float64Array(4096);
  private stepTimesLength = 0;
  private offsets = new Uint32Array(0);
  private runStart = Infinity;
  private runEnd = -Infinity;
  private runPoint = 0;
  private readonly trend: Float64Array;
  private readonly timeline: Float64Array;

  constructor(
    private readonly plan: FunnelPlan,
    private readonly axis: TimeAxis,
  ) {
    this.trend = new Float64Array(3 * axis.starts.length);
    this.timeline = new Float64Array(plan.stepCount * axis.starts.length);
  }

  /** Counts the events of a unit, entrant or not, for the timeline. */
  addEvents(timeline: Timeline): void {
    const { from, to, stepCount } = this.plan;
    const { times, steps, length } = timeline;
    const counts = this.timeline;
    for (let i = 0; i < length; i += 1) {
      const t = times[i] as number;
      let mask = steps[i] as number;
      if (mask === 0 || t < from || t >= to) continue;
      const offset = this.pointAt(t) * stepCount;
      while (mask !== 0) {
        const step = 31 - Math.clz32(mask);
        mask ^= 1 << step;
        counts[offset + step] = (counts[offset + step] as number) + 1;
      }
    }
  }

  /** Counts events of steps, point after point, that were counted elsewhere. */
  addCounted(counts: Float64Array): void {
    counts.forEach((count, index) => (this.timeline[index] = (this.timeline[index] as number) + count));
  }

  /** Counts a unit that entered the funnel. */
  add(unit: TalliedUnit): void {
    this.outcomes.push(2 * unit.reached + (unit.open ? 1 : 0));
    this.values.push(unit.value);
    const { reached, stepTimes } = unit;
    this.reserve(reached);
    for (let step = 0; step < reached; step += 1) {
      this.stepTimes[this.stepTimesLength + step] = stepTimes[step] as number;
    }
    this.stepTimesLength += reached;
    const offset = 3 * this.pointAt(unit.stepTimes[0] as number);
    if (offset >= this.trend.length) return;
    const { trend } = this;
    trend[offset] = (trend[offset] as number) + 1;
    if (unit.reached === this.plan.stepCount) trend[offset + 1] = (trend[offset + 1] as number) + 1;
    if (unit.open) trend[offset + 2] = (trend[offset + 2] as number) + 1;
  }

  /** The point of an instant of the range; instants of one point come in runs. */
  private pointAt(t: number): number {
    if (t >= this.runStart && t < this.runEnd) return this.runPoint;
    const { axis } = this;
    this.runPoint = pointOf(axis, t);
    if (axis.modulus === undefined) {
      this.runStart = axis.starts[this.runPoint] ?? Infinity;
      this.runEnd = axis.starts[this.runPoint + 1] ?? -Infinity;
    }
    return this.runPoint;
  }

  /** Everything tallied so far, as a copy. */
  share(): FunnelShare {
    return {
      outcomes: this.outcomes.view.slice(),
      values: this.values.view.slice(),
      stepTimes: this.stepTimes.slice(0, this.stepTimesLength),
      trend: this.trend.slice(),
      timeline: this.timeline.slice(),
    };
  }

  /**
   * Adds what another tally of the same plan holds.
   * @param valueOf this tally's code of each breakdown value of the other
   */
  absorb(share: FunnelShare, valueOf: readonly number[]): void {
    this.outcomes.append(share.outcomes);
    this.values.append(share.values.map((value) => (value < 0 ? value : (valueOf[value] as number))));
    this.reserve(share.stepTimes.length);
    this.stepTimes.set(share.stepTimes, this.stepTimesLength);
    this.stepTimesLength += share.stepTimes.length;
    share.trend.forEach((count, index) => (this.trend[index] = (this.trend[index] as number) + count));
    this.addCounted(share.timeline);
  }

  /** All figures but the breakdown. */
  figures(labels: readonly string[]): Omit<FunnelData, 'breakdown' | 'users'> {
    const everyone = Int32Array.from(this.outcomes.view, (_, unit) => unit);
    const { trend, timeline } = this;
    const { stepCount } = this.plan;
    const durations = this.durations(everyone);
    const steps = this.stepFigures(labels, everyone, durations);
    const { starts } = this.axis;
    const at = (index: number): string => new Date(starts[index] as number).toISOString();
    return {
      steps,
      entrants: steps[0]?.count ?? 0,
      converted: steps[steps.length - 1]?.count ?? 0,
      timeToConvert: histogramOf((durations[stepCount - 1] as StepDurations).fromFirst),
      trend: starts.map((_, index) => ({
        at: at(index),
        entrants: trend[3 * index] as number,
        converted: trend[3 * index + 1] as number,
        complete: this.axis.complete[index] === true && trend[3 * index + 2] === 0,
      })),
      timeline: starts.map((_, index) => ({
        at: at(index),
        counts: Array.from(timeline.subarray(index * stepCount, (index + 1) * stepCount)),
      })),
    };
  }

  /**
   * The figures of each breakdown value, ranked by entrants; those beyond the limit as "(other)", worked out
   * from their units.
   * @param valueNames text of each value code
   * @returns the figures, and which name each code is shown under
   */
  breakdown(
    labels: readonly string[],
    valueNames: readonly string[],
    limit: number,
  ): {
    readonly values: { value: string; steps: FunnelStepResult[] }[];
    readonly shownAs: readonly string[];
  } {
    const entrants = new Array<number>(valueNames.length).fill(0);
    for (const value of this.values.view) if (value >= 0) entrants[value] = (entrants[value] as number) + 1;
    const ranked = valueNames
      .map((key, code) => ({ key, code, total: entrants[code] as number }))
      .filter(({ total }) => total > 0)
      .sort(compareRanked);
    const groupOf = new Array<number>(valueNames.length).fill(-1);
    ranked.forEach(({ code }, index) => {
      groupOf[code] = Math.min(index, limit);
    });
    const names = ranked.slice(0, limit).map(({ key }) => key);
    if (ranked.length > limit) names.push(OTHER);
    const units = this.unitsByGroup(groupOf, names.length);
    return {
      values: names.map((value, group) => {
        const own = units[group] ?? new Int32Array(0);
        return { value, steps: this.stepFigures(labels, own, this.durations(own)) };
      }),
      shownAs: groupOf.map((group) => names[group] ?? ''),
    };
  }

  /** Units by the group of their value, in order. */
  private unitsByGroup(groupOf: readonly number[], groups: number): Int32Array[] {
    const values = this.values.view;
    const sizes = new Array<number>(groups).fill(0);
    for (const value of values) {
      const group = value < 0 ? -1 : (groupOf[value] as number);
      if (group >= 0) sizes[group] = (sizes[group] as number) + 1;
    }
    const units = sizes.map((size) => new Int32Array(size));
    const next = new Int32Array(groups);
    for (let unit = 0; unit < values.length; unit += 1) {
      const value = values[unit] as number;
      const group = value < 0 ? -1 : (groupOf[value] as number);
      if (group < 0) continue;
      (units[group] as Int32Array)[next[group] as number] = unit;
      next[group] = (next[group] as number) + 1;
    }
    return units;
  }

  private stepFigures(
    labels: readonly string[],
    units: Int32Array,
    durations: readonly StepDurations[],
  ): FunnelStepResult[] {
    const { stepCount } = this.plan;
    const outcomes = this.outcomes.view;
    const counts = new Array<number>(stepCount + 1).fill(0);
    const undecided = new Array<number>(stepCount + 1).fill(0);
    for (const unit of units) {
      const outcome = outcomes[unit] as number;
      const reached = outcome >> 1;
      counts[reached] = (counts[reached] as number) + 1;
      if ((outcome & 1) === 1) undecided[reached] = (undecided[reached] as number) + 1;
    }
    // From "reached exactly" to "reached at least".
    for (let step = stepCount - 1; step >= 1; step -= 1) {
      counts[step] = (counts[step] as number) + (counts[step + 1] as number);
    }
    return Array.from({ length: stepCount }, (_, index) => {
      const step = index + 1;
      const count = counts[step] as number;
      const previous = step === 1 ? count : (counts[step - 1] as number);
      const waiting = step === 1 ? 0 : (undecided[step - 1] as number);
      const { fromPrevious, fromFirst } = durations[index] as StepDurations;
      const secondsFromPrevious = spreadOf(fromPrevious);
      return {
        label: labels[index] ?? '',
        count,
        ofFirst: rate(count, counts[1] as number),
        ofPrevious: rate(count, previous),
        dropped: previous - count - waiting,
        undecided: waiting,
        secondsFromPrevious,
        secondsFromFirst: fromFirst === fromPrevious ? secondsFromPrevious : spreadOf(fromFirst),
      };
    });
  }

  /** Times between steps of the units that reached the later one, step after step. */
  private durations(units: Int32Array): StepDurations[] {
    const { stepCount } = this.plan;
    const outcomes = this.outcomes.view;
    const offsets = this.offsetsOfUnits();
    const { stepTimes } = this;
    const sizes = new Int32Array(stepCount + 1);
    for (const unit of units) {
      const reached = (outcomes[unit] as number) >> 1;
      sizes[reached] = (sizes[reached] as number) + 1;
    }
    for (let step = stepCount - 1; step >= 1; step -= 1) {
      sizes[step] = (sizes[step] as number) + (sizes[step + 1] as number);
    }
    const found = Array.from({ length: stepCount }, (_, index) => {
      const fromPrevious = new Float64Array(index === 0 ? 0 : (sizes[index + 1] as number));
      return { fromPrevious, fromFirst: index <= 1 ? fromPrevious : new Float64Array(fromPrevious.length) };
    });
    for (let index = 1; index < stepCount; index += 1) {
      const { fromPrevious, fromFirst } = found[index] as StepDurations;
      let length = 0;
      for (const unit of units) {
        if ((outcomes[unit] as number) >> 1 <= index) continue;
        const offset = offsets[unit] as number;
        const t = stepTimes[offset + index] as number;
        fromFirst[length] = t - (stepTimes[offset] as number);
        fromPrevious[length] = t - (stepTimes[offset + index - 1] as number);
        length += 1;
      }
    }
    return found;
  }

  /** Where the step times of each unit begin. */
  private offsetsOfUnits(): Uint32Array {
    const outcomes = this.outcomes.view;
    if (this.offsets.length === outcomes.length) return this.offsets;
    this.offsets = new Uint32Array(outcomes.length);
    let offset = 0;
    for (let unit = 0; unit < outcomes.length; unit += 1) {
      this.offsets[unit] = offset;
      offset += (outcomes[unit] as number) >> 1;
    }
    return this.offsets;
  }

  private reserve(more: number): void {
    if (this.stepTimesLength + more <= this.stepTimes.length) return;
    const larger = new Float64Array(2 * this.stepTimes.length + more);
    larger.set(this.stepTimes.subarray(0, this.stepTimesLength));
    this.stepTimes = larger;
  }
}
