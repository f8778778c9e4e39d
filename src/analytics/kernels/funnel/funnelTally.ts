import type { FunnelData, FunnelStepResult } from '../../../shared/reports/result';
import { pointOf, type TimeAxis } from '../../../shared/time/axisPoint';
import { compareRanked, rate } from '../numbers';
import { OTHER } from '../series';
import type { FunnelPlan, Timeline } from './plan';
import { spreadOf } from './spread';
import { histogramOf } from './timeToConvert';

/** What the tally keeps of a unit. */
export interface TalliedUnit {
  readonly reached: number;
  readonly stepTimes: readonly number[];
  /** Undecided before its next step. */
  readonly open: boolean;
  /** Code of its breakdown value; −1 when it is left out of the breakdown. */
  readonly value: number;
}

/** Adds up the units of a funnel and answers with its figures. Memory: a few numbers a unit that entered. */
export class FunnelTally {
  private readonly reached: number[] = [];
  private readonly open: boolean[] = [];
  private readonly values: number[] = [];
  /** Instant of each reached step, unit after unit. */
  private stepTimes = new Float64Array(4096);
  private stepTimesLength = 0;
  private readonly offsets: number[] = [];
  private readonly trend: { entrants: number; converted: number; complete: boolean }[];
  private readonly timeline: number[][];

  constructor(
    private readonly plan: FunnelPlan,
    private readonly axis: TimeAxis,
  ) {
    this.trend = axis.complete.map((complete) => ({ entrants: 0, converted: 0, complete }));
    this.timeline = axis.starts.map(() => new Array<number>(plan.stepCount).fill(0));
  }

  /** Counts the events of a unit, entrant or not, for the timeline. */
  addEvents(timeline: Timeline): void {
    const { from, to } = this.plan;
    for (let i = 0; i < timeline.length; i += 1) {
      const t = timeline.times[i] as number;
      let mask = timeline.steps[i] as number;
      if (mask === 0 || t < from || t >= to) continue;
      const counts = this.timeline[pointOf(this.axis, t)] as number[];
      while (mask !== 0) {
        const step = 31 - Math.clz32(mask);
        mask ^= 1 << step;
        counts[step] = (counts[step] as number) + 1;
      }
    }
  }

  /** Counts a unit that entered the funnel. */
  add(unit: TalliedUnit): void {
    this.reached.push(unit.reached);
    this.open.push(unit.open);
    this.values.push(unit.value);
    this.offsets.push(this.stepTimesLength);
    this.reserve(unit.stepTimes.length);
    for (const t of unit.stepTimes) {
      this.stepTimes[this.stepTimesLength] = t;
      this.stepTimesLength += 1;
    }
    const point = this.trend[pointOf(this.axis, unit.stepTimes[0] as number)];
    if (!point) return;
    point.entrants += 1;
    if (unit.reached === this.plan.stepCount) point.converted += 1;
    if (unit.open) point.complete = false;
  }

  /** All figures but the breakdown. */
  figures(labels: readonly string[]): Omit<FunnelData, 'breakdown' | 'users'> {
    const everyone = Int32Array.from(this.reached.keys());
    const steps = this.stepFigures(labels, everyone);
    const { starts } = this.axis;
    const at = (index: number): string => new Date(starts[index] as number).toISOString();
    return {
      steps,
      entrants: steps[0]?.count ?? 0,
      converted: steps[steps.length - 1]?.count ?? 0,
      timeToConvert: histogramOf(this.durations(this.plan.stepCount, 1, everyone)),
      trend: this.trend.map((point, index) => ({ at: at(index), ...point })),
      timeline: this.timeline.map((counts, index) => ({ at: at(index), counts })),
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
    for (const value of this.values) if (value >= 0) entrants[value] = (entrants[value] as number) + 1;
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
    const groups = names.map((): number[] => []);
    this.values.forEach((value, unit) => {
      if (value >= 0) groups[groupOf[value] as number]?.push(unit);
    });
    return {
      values: names.map((value, group) => ({
        value,
        steps: this.stepFigures(labels, Int32Array.from(groups[group] ?? [])),
      })),
      shownAs: groupOf.map((group) => names[group] ?? ''),
    };
  }

  private stepFigures(labels: readonly string[], units: Int32Array): FunnelStepResult[] {
    const { stepCount } = this.plan;
    const counts = new Array<number>(stepCount + 1).fill(0);
    const undecided = new Array<number>(stepCount + 1).fill(0);
    for (const unit of units) {
      const reached = this.reached[unit] as number;
      counts[reached] = (counts[reached] as number) + 1;
      if (this.open[unit] === true) undecided[reached] = (undecided[reached] as number) + 1;
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
      return {
        label: labels[index] ?? '',
        count,
        ofFirst: rate(count, counts[1] as number),
        ofPrevious: rate(count, previous),
        dropped: previous - count - waiting,
        undecided: waiting,
        secondsFromPrevious: spreadOf(this.durations(step, step - 1, units)),
        secondsFromFirst: spreadOf(this.durations(step, 1, units)),
      };
    });
  }

  /** Times (ms) between two steps of the units that reached the later one; empty for the first step. */
  private durations(step: number, since: number, units: Int32Array): Float64Array {
    if (step <= 1) return new Float64Array(0);
    const found = new Float64Array(units.length);
    let length = 0;
    for (const unit of units) {
      if ((this.reached[unit] as number) < step) continue;
      const offset = this.offsets[unit] as number;
      found[length] =
        (this.stepTimes[offset + step - 1] as number) - (this.stepTimes[offset + since - 1] as number);
      length += 1;
    }
    return found.slice(0, length);
  }

  private reserve(more: number): void {
    if (this.stepTimesLength + more <= this.stepTimes.length) return;
    const larger = new Float64Array(2 * this.stepTimes.length + more);
    larger.set(this.stepTimes.subarray(0, this.stepTimesLength));
    this.stepTimes = larger;
  }
}
