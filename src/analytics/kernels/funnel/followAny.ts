import { LatestMatching } from './anyOrder';
import { isExcluded, type Attempt } from './followAttempt';
import { endOfInstant, type FunnelPlan, type Timeline } from './plan';

/**
 * Follows the attempt that one event opens in a funnel in any order: step k is reached at the instant at
 * which the events since the opening can first fill k steps together.
 */
export function followAny(plan: FunnelPlan, timeline: Timeline, length: number, opening: number): Attempt {
  const { times, steps, exclusions } = timeline;
  const openedAt = times[opening] as number;
  const matching = new LatestMatching(plan.stepCount);
  const stepTimes: number[] = [];
  let i = opening;
  while (i > 0 && times[i - 1] === openedAt) i -= 1;
  let afterLastStep = i;
  let ending: Attempt['ending'] = 'window';
  while (i < length && stepTimes.length < plan.stepCount) {
    const t = times[i] as number;
    if (t > openedAt + plan.windowMs) break;
    const end = endOfInstant(timeline, i, length);
    let present = 0;
    for (let j = i; j < end; j += 1) {
      if (exclusions) present |= exclusions[j] as number;
      if (steps[j] !== 0) matching.add(t, steps[j] as number);
    }
    i = end;
    const before = stepTimes.length;
    const now = matching.countSince(openedAt);
    if (now > before) afterLastStep = end;
    while (stepTimes.length < now) stepTimes.push(t);
    if (isExcluded(plan, present, before, now)) {
      ending = 'exclusion';
      break;
    }
  }
  const reached = stepTimes.length;
  return { reached, stepTimes, ending: reached === plan.stepCount ? 'complete' : ending, afterLastStep };
}

/** Whether the events since the opening, its window set aside, would have filled one step more. */
export function wouldReachLater(
  plan: FunnelPlan,
  timeline: Timeline,
  length: number,
  opening: number,
  reached: number,
): boolean {
  const openedAt = timeline.times[opening] as number;
  const matching = new LatestMatching(plan.stepCount);
  for (let i = opening; i < length; i += 1) {
    const mask = timeline.steps[i] as number;
    if (mask === 0) continue;
    matching.add(timeline.times[i] as number, mask);
    if (matching.countSince(openedAt) > reached) return true;
  }
  return false;
}
