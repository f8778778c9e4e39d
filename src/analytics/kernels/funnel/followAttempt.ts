import { Instant } from './instant';
import { endOfInstant, type FunnelPlan, type Timeline } from './plan';

/** The course of one attempt. */
export interface Attempt {
  /** Steps reached. */
  readonly reached: number;
  /** Instant of each step reached, ms. */
  readonly stepTimes: readonly number[];
  /** `window`: its window passed (or the events ended); `broken`: `strict`, the next event did not match. */
  readonly ending: 'complete' | 'window' | 'exclusion' | 'broken';
  /** First event behind the instant of the last step. */
  readonly afterLastStep: number;
}

/** Whether an exclusion of the instant ends an attempt that had `before` steps done and has `after` now. */
export function isExcluded(plan: FunnelPlan, present: number, before: number, after: number): boolean {
  if (present === 0) return false;
  return plan.exclusions.some(
    ({ afterStep, beforeStep }, bit) =>
      ((present >>> bit) & 1) === 1 && before >= afterStep && after < beforeStep,
  );
}

/**
 * Follows the attempt that one event opens, for `ordered` and `strict`. Each instant gives it as many
 * consecutive steps as distinct events there can fill; it never waits for a later event, so its course is
 * determined. Under rule `void` the caller asks only about an attempt that is not discarded.
 */
export function followAttempt(
  plan: FunnelPlan,
  timeline: Timeline,
  length: number,
  opening: number,
): Attempt {
  const { stepCount, windowMs, windowPerStep } = plan;
  const { times, steps, exclusions } = timeline;
  const strict = plan.order === 'strict';
  // Only instants of several events need one.
  let instant: Instant | undefined;
  const openedAt = times[opening] as number;
  let begin = opening;
  while (begin > 0 && times[begin - 1] === openedAt) begin -= 1;
  let i = endOfInstant(timeline, begin, length);
  let reached = 1;
  if (i - begin > 1) {
    instant = new Instant(stepCount);
    instant.load(timeline, begin, i);
    reached += instant.longestRun(1, steps[opening] as number);
  }
  const stepTimes: number[] = new Array<number>(reached).fill(openedAt);
  let afterLastStep = i;
  let deadline = openedAt + windowMs;
  const end = (ending: Attempt['ending']): Attempt => ({ reached, stepTimes, ending, afterLastStep });
  while (reached < stepCount && i < length) {
    const t = times[i] as number;
    if (t > deadline) break;
    let run: number;
    let present: number;
    let next = i + 1;
    if (next === length || times[next] !== t) {
      run = ((steps[i] as number) >>> reached) & 1;
      present = exclusions ? (exclusions[i] as number) : 0;
    } else {
      next = endOfInstant(timeline, i, length);
      instant ??= new Instant(stepCount);
      instant.load(timeline, i, next);
      run = instant.longestRun(reached);
      present = instant.exclusions;
    }
    i = next;
    const before = reached;
    if (run > 0) {
      for (let step = 0; step < run; step += 1) stepTimes.push(t);
      reached += run;
      afterLastStep = next;
      if (windowPerStep) deadline = t + windowMs;
      if (reached === stepCount) break;
    }
    if (strict && run === 0) return end('broken');
    if (isExcluded(plan, present, before, reached)) return end('exclusion');
  }
  return end(reached === stepCount ? 'complete' : 'window');
}

/**
 * Which event fills a step of a followed attempt: step by step the lowest event id that leaves the instant's
 * run of steps possible.
 * @param step 1-based, reached by the attempt
 * @returns index in the timeline
 */
export function findStepEvent(
  plan: FunnelPlan,
  timeline: Timeline,
  attempt: { readonly opening: number; readonly reached: number; readonly stepTimes: ArrayLike<number> },
  step: number,
): number {
  const { opening, reached, stepTimes } = attempt;
  if (step === 1) return opening;
  const t = stepTimes[step - 1] as number;
  let first = step - 1;
  while (first > 0 && stepTimes[first - 1] === t) first -= 1;
  let last = step;
  while (last < reached && stepTimes[last] === t) last += 1;
  let begin = opening;
  while (begin > 0 && timeline.times[begin - 1] === t) begin -= 1;
  if (t !== timeline.times[opening]) begin = lowerBound(timeline, opening, t);
  else first = Math.max(first, 1);
  const instant = new Instant(plan.stepCount);
  instant.load(timeline, begin, endOfInstant(timeline, begin, timeline.length));
  const chosen = instant.assign(first, last - first, t === timeline.times[opening] ? opening : -1);
  return chosen[step - 1 - first] as number;
}

/** First event at or after an instant, searched from an index on. */
function lowerBound(timeline: Timeline, start: number, instant: number): number {
  let low = start;
  let high = timeline.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timeline.times[middle] as number) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
