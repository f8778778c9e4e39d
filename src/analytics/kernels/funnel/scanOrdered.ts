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
  private readonly choice: Choice = { reached: 0, opening: -1, open: false };

  constructor(private readonly plan: FunnelPlan) {
    this.latest = new Float64Array(plan.stepCount + 1);
    this.instant = new Instant(plan.stepCount);
  }

  /**
   * The chosen attempt; holds until the next one is chosen.
   * @param length number of events of the timeline that exist for the report
   */
  choose(timeline: Timeline, length: number): Choice {
    const { plan, latest, choice } = this;
    const { stepCount, windowMs, from, to } = plan;
    const first = plan.entry === 'first';
    const { times, steps } = timeline;
    choice.reached = 0;
    choice.opening = -1;
    choice.open = false;
    let i = 0;
    // Nothing before the first opening matters.
    while (i < length && (((steps[i] as number) & 1) === 0 || (times[i] as number) < from)) i += 1;
    if (i === length || (times[i] as number) >= to) return choice;
    while (i > 0 && times[i - 1] === times[i]) i -= 1;
    const begin = i;
    for (let step = 1; step <= stepCount; step += 1) latest[step] = -Infinity;
    let reached = 0;
    let reachedAt = 0;
    let lastOpening = -Infinity;
    while (i < length && reached < stepCount) {
      const t = times[i] as number;
      if (i + 1 === length || times[i + 1] !== t) {
        let mask = steps[i] as number;
        i += 1;
        if (mask === 1 && !first) {
          if (t >= to) continue;
          latest[1] = t;
          lastOpening = t;
          if (reached === 0) {
            reached = 1;
            reachedAt = t;
          }
          continue;
        }
        const earliest = t - windowMs;
        const opens = t < to && (!first || reached === 0);
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
            // Who has done k + 1 steps has done k: no later opening has come further.
            latest[k + 1] = opening;
            if (k === reached) {
              reached = k + 1;
              reachedAt = t;
            }
          }
        }
        continue;
      }
      const earliest = t - windowMs;
      const opens = t < to && (!first || reached === 0);
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
    choice.reached = reached;
    if (reached === 0) return choice;
    choice.opening = this.findOpening(timeline, length, reached, reachedAt - windowMs, begin);
    choice.open = reached < stepCount && isOpen(plan, lastOpening + windowMs);
    return choice;
  }

  /** Instants of the steps of the chosen attempt: it takes at each instant what it can. */
  follow(timeline: Timeline, length: number, { opening, reached }: Choice, stepTimes: Float64Array): void {
    const { times, steps } = timeline;
    const openedAt = times[opening] as number;
    let begin = opening;
    while (begin > 0 && times[begin - 1] === openedAt) begin -= 1;
    let i = endOfInstant(timeline, begin, length);
    let done = 1;
    if (i - begin > 1) {
      this.instant.load(timeline, begin, i);
      done += this.instant.longestRun(1, steps[opening] as number);
    }
    for (let step = 0; step < done; step += 1) stepTimes[step] = openedAt;
    while (done < reached && i < length) {
      const t = times[i] as number;
      if (i + 1 === length || times[i + 1] !== t) {
        if ((((steps[i] as number) >>> done) & 1) === 1) stepTimes[done++] = t;
        i += 1;
        continue;
      }
      const end = endOfInstant(timeline, i, length);
      this.instant.load(timeline, i, end);
      const until = done + this.instant.longestRun(done);
      while (done < until) stepTimes[done++] = t;
      i = end;
    }
  }

  /**
   * The earliest opening event, at or after an instant, whose attempt reaches so many steps.
   * @param begin the first event of the instant of the first opening
   */
  private findOpening(
    timeline: Timeline,
    length: number,
    reached: number,
    notBefore: number,
    begin: number,
  ): number {
    const { plan } = this;
    const { times, steps } = timeline;
    let low = begin;
    if ((times[low] as number) < notBefore) {
      let high = length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((times[middle] as number) < notBefore) low = middle + 1;
        else high = middle;
      }
    }
    while (low < length && ((steps[low] as number) & 1) === 0) low += 1;
    if (low + 1 >= length || times[low + 1] !== times[low]) return low;
    const t = times[low] as number;
    const opener = steps[low] as number;
    let other = low + 1;
    while (
      other < length &&
      times[other] === t &&
      (((steps[other] as number) & 1) === 0 || steps[other] === opener)
    ) {
      other += 1;
    }
    // No other event of the instant opens an attempt that could go differently.
    if (other === length || times[other] !== t) return low;
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
