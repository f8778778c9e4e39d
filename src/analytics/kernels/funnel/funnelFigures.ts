import type { FunnelData, FunnelStepResult } from '../../../shared/reports/result';
import type { TimeAxis } from '../../../shared/time/axisPoint';
import { compareRanked, rate } from '../numbers';
import type { NumberChunks } from '../rankSelect';
import { OTHER } from '../series';
import type { FunnelShare } from './funnelTally';
import type { FunnelPlan } from './plan';
import { spreadOf } from './spread';
import { histogramOf } from './timeToConvert';

/** Units whose figures are told together. */
interface Group {
  /** How many reached exactly so many steps, and how many of them are undecided. */
  readonly reached: Float64Array;
  readonly undecided: Float64Array;
  /** By step, of the units that reached it: ms from the first step, and from the one before. */
  readonly fromFirst: readonly NumberChunks[];
  readonly fromPrevious: readonly NumberChunks[];
}

/** Counts units by how far they came. */
function countOutcomes(group: Group, outcomes: Uint8Array): void {
  const byOutcome = new Uint32Array(2 * group.reached.length);
  for (let unit = 0; unit < outcomes.length; unit += 1) {
    const outcome = outcomes[unit] as number;
    byOutcome[outcome] = (byOutcome[outcome] as number) + 1;
  }
  addOutcomes(group, byOutcome);
}

function addOutcomes({ reached, undecided }: Group, byOutcome: Uint32Array): void {
  for (let steps = 0; steps < reached.length; steps += 1) {
    const open = byOutcome[2 * steps + 1] as number;
    reached[steps] = (reached[steps] as number) + (byOutcome[2 * steps] as number) + open;
    undecided[steps] = (undecided[steps] as number) + open;
  }
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
    const group = this.#everyone();
    const steps = this.#stepFigures(labels, group);
    const trend = new Float64Array(3 * starts.length);
    const timeline = new Float64Array(stepCount * starts.length);
    for (const { share } of this.#parts) {
      share.trend.forEach((count, index) => (trend[index] = (trend[index] as number) + count));
      share.timeline.forEach((count, index) => (timeline[index] = (timeline[index] as number) + count));
    }
    const at = (index: number): string => new Date(starts[index] as number).toISOString();
    return {
      steps,
      entrants: steps[0]?.count ?? 0,
      converted: steps[steps.length - 1]?.count ?? 0,
      timeToConvert: histogramOf(group.fromFirst[stepCount - 1] ?? []),
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
      const own = new Uint32Array(codes.length);
      for (const value of share.values) if (value >= 0) own[value] = (own[value] as number) + 1;
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
    const groups = this.#groups(groupOf, names.length);
    return {
      values: names.map((value, group) => ({
        value,
        steps: this.#stepFigures(labels, groups[group] as Group),
      })),
      shownAs: Array.from(groupOf, (group) => names[group] ?? ''),
    };
  }

  #everyone(): Group {
    const { stepCount } = this.#plan;
    const steps = Array.from({ length: stepCount }, (_, step) => step);
    const shares = this.#parts.map(({ share }) => share);
    const fromFirst = steps.map((step) => shares.map((share) => share.fromFirst[step] as Float64Array));
    const group: Group = {
      reached: new Float64Array(stepCount + 1),
      undecided: new Float64Array(stepCount + 1),
      fromFirst,
      fromPrevious: steps.map((step) =>
        step <= 1
          ? (fromFirst[step] as NumberChunks)
          : shares.map((share) => share.fromPrevious[step] as Float64Array),
      ),
    };
    for (const { outcomes } of shares) countOutcomes(group, outcomes);
    return group;
  }

  /** Units by the group of their value. @param groupOf by value code; −1: none */
  #groups(groupOf: Int32Array, count: number): Group[] {
    const { stepCount } = this.#plan;
    const stride = 2 * (stepCount + 1);
    const byOutcome = new Uint32Array(count * stride);
    const ownGroups = this.#parts.map(({ share: { outcomes, values }, codes }) => {
      // Units without a value stand behind all values.
      const groups = Int32Array.from([...codes.map((code) => groupOf[code] as number), -1]);
      const ofUnit = new Int32Array(values.length);
      for (let unit = 0; unit < values.length; unit += 1) {
        const value = values[unit] as number;
        const group = groups[value < 0 ? codes.length : value] as number;
        ofUnit[unit] = group;
        if (group < 0) continue;
        const cell = group * stride + (outcomes[unit] as number);
        byOutcome[cell] = (byOutcome[cell] as number) + 1;
      }
      return ofUnit;
    });
    const groups = Array.from({ length: count }, (_, index) => {
      const own = byOutcome.subarray(index * stride, (index + 1) * stride);
      const sizes = Array.from({ length: stepCount }, (_unit, step) =>
        own.subarray(2 * (step + 1)).reduce((sum, units) => sum + units, 0),
      );
      const fromFirst = sizes.map((size, step) => new Float64Array(step > 0 ? size : 0));
      const fromPrevious = sizes.map((size, step) =>
        step > 1 ? new Float64Array(size) : (fromFirst[step] as Float64Array),
      );
      const group = {
        reached: new Float64Array(stepCount + 1),
        undecided: new Float64Array(stepCount + 1),
        fromFirst,
        fromPrevious,
      };
      addOutcomes({ ...group, fromFirst: [], fromPrevious: [] }, own);
      return group;
    });
    const next = new Int32Array(count);
    for (let step = 1; step < stepCount; step += 1) {
      const first = groups.map((group) => group.fromFirst[step] as Float64Array);
      const previous = groups.map((group) => group.fromPrevious[step] as Float64Array);
      next.fill(0);
      this.#parts.forEach(({ share }, part) => {
        const ofUnit = ownGroups[part] as Int32Array;
        const fromFirst = share.fromFirst[step] as Float64Array;
        const fromPrevious = (step > 1 ? share.fromPrevious[step] : fromFirst) as Float64Array;
        let place = 0;
        for (let unit = 0; unit < ofUnit.length; unit += 1) {
          if ((share.outcomes[unit] as number) >> 1 <= step) continue;
          const group = ofUnit[unit] as number;
          if (group >= 0) {
            const target = next[group] as number;
            (first[group] as Float64Array)[target] = fromFirst[place] as number;
            (previous[group] as Float64Array)[target] = fromPrevious[place] as number;
            next[group] = target + 1;
          }
          place += 1;
        }
      });
    }
    return groups.map(({ fromFirst, fromPrevious, ...counts }) => {
      const chunks = fromFirst.map((values) => [values]);
      return {
        ...counts,
        fromFirst: chunks,
        fromPrevious: fromPrevious.map((values, step) => (step <= 1 ? (chunks[step] ?? []) : [values])),
      };
    });
  }

  #stepFigures(labels: readonly string[], { reached, undecided, ...times }: Group): FunnelStepResult[] {
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
      const fromFirst = times.fromFirst[index] as NumberChunks;
      const fromPrevious = times.fromPrevious[index] as NumberChunks;
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
}
