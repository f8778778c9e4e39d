import { Instant } from './instant';
import { endOfInstant, isOpen, type Choice, type FunnelPlan, type Timeline } from './plan';
import { followAttempt } from './followAttempt';

/**
 * The chosen attempt of an ordered funnel whose window counts from the first step and that has no
 * exclusions: one pass over the events, constant work for each step an event matches.
 *
 * Why it is exact. Let `latest[k]` be the latest opening instant whose chain has reached k steps. Progress is
 * monotone: of two live attempts the older one has done at least as many steps, since whatever the younger
 * one takes was there for the older one too. So an attempt can reach step k + 1 at an instant if and only if
 * the one that opened at `latest[k]` can (it has the most time left), and the furthest step of the unit is
 * the highest k ever set. Let f be the first instant at which that furthest step is reached. Every attempt
 * opened in [f − window, latest[k]] reaches it by f (monotone, and inside its window), none opened before
 * can have reached it (it would have done so before f). So the earliest of the furthest opened at the first
 * step-1 instant at or after f − window.
 */
export class OrderedScan {
  private readonly latest: Float64Array;
  private readonly instant: Instant;

  constructor(private readonly plan: FunnelPlan) {
    this.latest = new Float64Array(plan.stepCount + 1);
    this.instant = new Instant(plan.stepCount);
  }

  /** @param length number of events of the timeline that exist for the report */
  choose(timeline: Timeline, length: number): Choice {
    const { plan, latest } = this;
    const { stepCount, windowMs, from, to } = plan;
    const first = plan.entry === 'first';
    const { times, steps } = timeline;
    latest.fill(-Infinity);
    let reached = 0;
    let reachedAt = 0;
    let lastOpening = -Infinity;
    let i = 0;
    while (i < length && reached < stepCount) {
      const t = times[i] as number;
      const earliest = t - windowMs;
      const opens = t >= from && t < to && (!first || reached === 0);
      if (i + 1 === length || times[i + 1] !== t) {
        let mask = steps[i] as number;
        i += 1;
        // From the highest step down, so that no step sees what this event has just done.
        while (mask !== 0) {
          const k = 31 - Math.clz32(mask);
          mask ^= 1 << k;
          if (k === 0) {
            if (!opens) continue;
            latest[1] = t;
            lastOpening = t;
            if (reached === 0) {
              reached = 1;
              reachedAt = t;
            }
          } else {
            const opening = latest[k] as number;
            if (opening < earliest) continue;
            if (opening > (latest[k + 1] as number)) latest[k + 1] = opening;
            if (k === reached) {
              reached = k + 1;
              reachedAt = t;
            }
          }
        }
        continue;
      }
      const end = endOfInstant(timeline, i, length);
      this.instant.load(timeline, i, end);
      const before = reached;
      for (let k = before; k >= 1; k -= 1) {
        const opening = latest[k] as number;
        if (opening < earliest) continue;
        const run = this.instant.longestRun(k);
        for (let done = k + 1; done <= k + run; done += 1) {
          if (opening > (latest[done] as number)) latest[done] = opening;
        }
        if (run > 0 && k + run > reached) {
          reached = k + run;
          reachedAt = t;
        }
      }
      if (opens && (this.instant.union & 1) === 1) {
        const run = this.instant.longestRun(0);
        for (let done = 1; done <= run; done += 1) latest[done] = t;
        lastOpening = t;
        if (run > reached) {
          reached = run;
          reachedAt = t;
        }
      }
      i = end;
    }
    if (reached === 0) return { reached, opening: -1, open: false };
    return {
      reached,
      opening: this.findOpening(timeline, length, reached, reachedAt - windowMs),
      open: reached < stepCount && isOpen(plan, lastOpening + windowMs),
    };
  }

  /**
   * Instants of the steps of the chosen attempt.
   * @returns false, and nothing worth reading, when events of one instant must be told apart
   */
  follow(
    { times, steps }: Timeline,
    length: number,
    opening: number,
    reached: number,
    stepTimes: Float64Array,
  ): boolean {
    let last = times[opening] as number;
    if (opening > 0 && times[opening - 1] === last) return false;
    stepTimes[0] = last;
    let done = 1;
    for (let i = opening + 1; i < length && done < reached; i += 1) {
      const t = times[i] as number;
      if (t === last) return false;
      last = t;
      if ((((steps[i] as number) >>> done) & 1) === 0) continue;
      if (i + 1 < length && times[i + 1] === t) return false;
      stepTimes[done] = t;
      done += 1;
    }
    return true;
  }

  /** The earliest opening event, at or after an instant, whose attempt reaches so many steps. */
  private findOpening(timeline: Timeline, length: number, reached: number, notBefore: number): number {
    const { plan } = this;
    const { times, steps } = timeline;
    const start = Math.max(notBefore, plan.from);
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((times[middle] as number) < start) low = middle + 1;
      else high = middle;
    }
    while (low < length && ((steps[low] as number) & 1) === 0) low += 1;
    if (low + 1 >= length || times[low + 1] !== times[low]) return low;
    const t = times[low] as number;
    const tried = new Set<number>();
    let best = low;
    let longestRun = 0;
    for (let i = low; i < length && times[i] === t; i += 1) {
      const mask = steps[i] as number;
      if ((mask & 1) === 0 || tried.has(mask)) continue;
      tried.add(mask);
      const attempt = followAttempt(plan, timeline, length, i);
      const run = attempt.stepTimes.filter((time) => time === t).length;
      if (attempt.reached !== reached || run <= longestRun) continue;
      best = i;
      longestRun = run;
    }
    return best;
  }
}
