import type { FunnelData, FunnelStepResult, Spread } from '../../../shared/reports/result';
import type { TimeAxis } from '../../../shared/time/axisPoint';
import { compareRanked, rate } from '../numbers';
import { OTHER } from '../series';
import type { FunnelShare } from './funnelTally';
import type { FunnelPlan } from './plan';
import { addTimes, noTimes, selectSpreads, spreadsByGroup, type StepSpreads } from './stepSpreads';
import { histogramOf } from './timeToConvert';

/** Of some units, by steps reached: how many reached exactly so many, and how many of them are undecided. */
interface Outcomes {
  readonly reached: Float64Array;
  readonly undecided: Float64Array;
}

/** @param byOutcome units by 2 · steps reached + (1 when open) */
function outcomesOf(byOutcome: Uint32Array): Outcomes {
  const pairs = Array.from({ length: byOutcome.length / 2 }, (_, steps) => 2 * steps);
  return {
    reached: Float64Array.from(pairs, (at) => (byOutcome[at] as number) + (byOutcome[at + 1] as number)),
    undecided: Float64Array.from(pairs, (at) => byOutcome[at + 1] as number),
  };
}

/** The figures of a funnel from what its parts hold. */
export class FunnelFigures {
  readonly #plan: FunnelPlan;
  readonly #axis: TimeAxis;
  readonly #parts: { readonly share: FunnelShare; readonly codes: readonly number[] }[] = [];

  constructor(plan: FunnelPlan, axis: TimeAxis) {
    this.#plan = plan;
    this.#axis = axis;
  }

  /**
   * Adds a part.
   * @param codes code of each breakdown value of the part among those of all parts
   */
  absorb(share: FunnelShare, codes: readonly number[]): void {
    this.#parts.push({ share, codes });
  }

  /** All figures but the breakdown. */
  figures(labels: readonly string[]): Omit<FunnelData, 'breakdown' | 'users'> {
    const { stepCount } = this.#plan;
    const { starts, complete } = this.#axis;
    const outcomes = new Uint32Array(2 * (stepCount + 1));
    const counts = noTimes(1, stepCount);
    const trend = new Float64Array(3 * starts.length);
    const timeline = new Float64Array(stepCount * starts.length);
    for (const { share } of this.#parts) {
      share.byOutcome.forEach((count, index) => (outcomes[index] = (outcomes[index] as number) + count));
      addTimes(counts, share.counts);
      share.trend.forEach((count, index) => (trend[index] = (trend[index] as number) + count));
      share.timeline.forEach((count, index) => (timeline[index] = (timeline[index] as number) + count));
    }
    const shares = this.#parts.map(({ share }) => share);
    const units = shares.map((share) => ({ units: share, groupOf: null }));
    const steps = this.#stepFigures(labels, outcomesOf(outcomes), selectSpreads(counts, units, stepCount), 0);
    const at = (index: number): string => new Date(starts[index] as number).toISOString();
    return {
      steps,
      entrants: steps[0]?.count ?? 0,
      converted: steps[steps.length - 1]?.count ?? 0,
      timeToConvert: histogramOf(shares.map((share) => share.conversions)),
      trend: starts.map((_, index) => ({
        at: at(index),
        entrants: trend[3 * index] as number,
        converted: trend[3 * index + 1] as number,
        complete: complete[index] === true && trend[3 * index + 2] === 0,
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
    const entrants = new Float64Array(valueNames.length);
    for (const { share, codes } of this.#parts) {
      const { values } = share;
      const own = new Uint32Array(codes.length);
      for (let unit = 0; unit < values.length; unit += 1) {
        const value = values[unit] as number;
        if (value >= 0) own[value] = (own[value] as number) + 1;
      }
      codes.forEach((code, value) => (entrants[code] = (entrants[code] as number) + (own[value] as number)));
    }
    const ranked = valueNames
      .map((key, code) => ({ key, code, total: entrants[code] as number }))
      .filter(({ total }) => total > 0)
      .sort(compareRanked);
    const groupOf = new Int32Array(valueNames.length).fill(-1);
    ranked.forEach(({ code }, index) => {
      groupOf[code] = Math.min(index, limit);
    });
    const names = ranked.slice(0, limit).map(({ key }) => key);
    if (ranked.length > limit) names.push(OTHER);
    const { stepCount } = this.#plan;
    const { outcomes, units } = this.#groups(groupOf, names.length);
    const spreads = spreadsByGroup(units, names.length, stepCount);
    return {
      values: names.map((value, group) => ({
        value,
        steps: this.#stepFigures(labels, outcomes[group] as Outcomes, spreads, group),
      })),
      shownAs: Array.from(groupOf, (group) => names[group] ?? ''),
    };
  }

  /** The group of every time, and the outcomes of each group. @param groupOf by value code; −1: none */
  #groups(
    groupOf: Int32Array,
    count: number,
  ): { readonly outcomes: Outcomes[]; readonly units: { units: FunnelShare; groupOf: Int32Array }[] } {
    const stride = 2 * (this.#plan.stepCount + 1);
    const byOutcome = new Uint32Array(count * stride);
    const units = this.#parts.map(({ share, codes }) => {
      const { outcomes, values, timeValues } = share;
      const groups = Int32Array.from(codes, (code) => groupOf[code] as number);
      for (let unit = 0; unit < values.length; unit += 1) {
        const value = values[unit] as number;
        const group = value < 0 ? -1 : (groups[value] as number);
        if (group < 0) continue;
        const cell = group * stride + (outcomes[unit] as number);
        byOutcome[cell] = (byOutcome[cell] as number) + 1;
      }
      return {
        units: share,
        groupOf: timeValues.map((value) => (value < 0 ? -1 : (groups[value] as number))),
      };
    });
    const outcomes = Array.from({ length: count }, (_, group) =>
      outcomesOf(byOutcome.subarray(group * stride, (group + 1) * stride)),
    );
    return { outcomes, units };
  }

  #stepFigures(
    labels: readonly string[],
    { reached, undecided }: Outcomes,
    { fromFirst, fromPrevious }: StepSpreads,
    group: number,
  ): FunnelStepResult[] {
    const { stepCount } = this.#plan;
    // From "reached exactly" to "reached at least".
    const counts = reached.slice();
    for (let step = stepCount - 1; step >= 1; step -= 1) {
      counts[step] = (counts[step] as number) + (counts[step + 1] as number);
    }
    return Array.from({ length: stepCount }, (_, index) => {
      const step = index + 1;
      const count = counts[step] as number;
      const previous = step === 1 ? count : (counts[step - 1] as number);
      const waiting = step === 1 ? 0 : (undecided[step - 1] as number);
      const cell = group * stepCount + index;
      return {
        label: labels[index] ?? '',
        count,
        ofFirst: rate(count, counts[1] as number),
        ofPrevious: rate(count, previous),
        dropped: previous - count - waiting,
        undecided: waiting,
        secondsFromPrevious: fromPrevious[cell] as Spread,
        secondsFromFirst: fromFirst[cell] as Spread,
      };
    });
  }
}
