import type { FunnelData, FunnelStepResult, Spread } from '../../../shared/reports/result';
import type { TimeAxis } from '../../../shared/time/axisPoint';
import { compareRanked, rate } from '../numbers';
import { OTHER } from '../series';
import { outcomeCount, type FunnelShare } from './funnelTally';
import type { FunnelPlan } from './plan';
import { selectSpreads, type StepSpreads } from './stepSpreads';
import { timesFromFirst } from './stepTimes';
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
    const trend = new Float64Array(3 * starts.length);
    const timeline = new Float64Array(stepCount * starts.length);
    for (const { share } of this.#parts) {
      share.trend.forEach((count, index) => (trend[index] = (trend[index] as number) + count));
      share.timeline.forEach((count, index) => (timeline[index] = (timeline[index] as number) + count));
    }
    const { outcomes, spreads } = this.#groups(1, (codes) => new Int32Array(codes.length + 1));
    const steps = this.#stepFigures(labels, outcomes[0] as Outcomes, spreads, 0);
    const conversions = this.#parts.flatMap(({ share, codes }) =>
      Array.from({ length: codes.length + 1 }, (_, value) =>
        timesFromFirst(share.times, value, stepCount - 1, stepCount),
      ),
    );
    const at = (index: number): string => new Date(starts[index] as number).toISOString();
    return {
      steps,
      entrants: steps[0]?.count ?? 0,
      converted: steps[steps.length - 1]?.count ?? 0,
      timeToConvert: histogramOf(conversions),
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
    const stride = outcomeCount(this.#plan.stepCount);
    for (const { share, codes } of this.#parts) {
      codes.forEach((code, value) => {
        for (const count of share.byOutcome.subarray((value + 1) * stride, (value + 2) * stride)) {
          entrants[code] = (entrants[code] as number) + count;
        }
      });
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
    const { outcomes, spreads } = this.#groups(names.length, (codes) =>
      Int32Array.from([-1, ...codes.map((code) => groupOf[code] as number)]),
    );
    return {
      values: names.map((value, group) => ({
        value,
        steps: this.#stepFigures(labels, outcomes[group] as Outcomes, spreads, group),
      })),
      shownAs: Array.from(groupOf, (group) => names[group] ?? ''),
    };
  }

  /**
   * The outcomes and the spreads of groups of units.
   * @param groupsOf the group of each value of a part, given the codes of its values; −1: none
   */
  #groups(
    count: number,
    groupsOf: (codes: readonly number[]) => Int32Array,
  ): { readonly outcomes: readonly Outcomes[]; readonly spreads: StepSpreads } {
    const { stepCount } = this.#plan;
    const stride = outcomeCount(stepCount);
    const byOutcome = new Uint32Array(count * stride);
    const parts = this.#parts.map(({ share, codes }) => {
      const groupOf = groupsOf(codes);
      groupOf.forEach((group, value) => {
        if (group < 0) return;
        for (let outcome = 0; outcome < stride; outcome += 1) {
          const cell = group * stride + outcome;
          byOutcome[cell] =
            (byOutcome[cell] as number) + (share.byOutcome[value * stride + outcome] as number);
        }
      });
      return { times: share.times, groupOf };
    });
    const outcomes = Array.from({ length: count }, (_, group) =>
      outcomesOf(byOutcome.subarray(group * stride, (group + 1) * stride)),
    );
    return { outcomes, spreads: selectSpreads(parts, count, stepCount) };
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
