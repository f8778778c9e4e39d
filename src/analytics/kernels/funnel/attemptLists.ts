import { Instant } from './instant';
import { isExcluded } from './followAttempt';
import { endOfInstant, isOpen, type Choice, type FunnelPlan, type Timeline } from './plan';

/**
 * The chosen attempt of any `ordered` or `strict` funnel: exclusions under both rules, windows from the
 * first step or per step.
 *
 * All live attempts advance together. Attempts with the same number of steps done have the same future but
 * for their deadline, so they wait in one list per number of steps, oldest deadline first:
 * - window from the first step: progress is monotone in the opening (see `OrderedScan`), so whoever joins a
 *   list is younger than all in it, and lists are moved by linking them, without touching their members;
 * - window per step: attempts that take a step at the same instant share their deadline from then on, so the
 *   whole list becomes one entry that stands for its earliest opening.
 * Each entry is made once and leaves once, so the work is proportional to events × steps, whatever the
 * number of live attempts. Every instant is decided on the state before it; therefore one event fills one
 * step of an attempt.
 *
 * Attempts that `strict` has broken are kept under rule `void` to the end of their window, because an
 * exclusion there still discards them.
 */
export class AttemptLists {
  private readonly instant: Instant;
  /** Lists 1 … stepCount − 1 hold live attempts, those above `stepCount` broken ones. */
  private readonly head: Int32Array;
  private readonly tail: Int32Array;
  private readonly openings: number[] = [];
  /** Rank of each entry's opening: instants in order, within one the longest run first. */
  private readonly ranks: number[] = [];
  private opened = 0;
  private chosenRank = Infinity;
  /** From when the window of an entry counts, ms. */
  private readonly anchors: number[] = [];
  private readonly next: number[] = [];
  private free = -1;
  private choice: Choice = { reached: 0, opening: -1, open: false };
  private readonly strict: boolean;
  private readonly isVoid: boolean;

  constructor(private readonly plan: FunnelPlan) {
    this.instant = new Instant(plan.stepCount);
    this.head = new Int32Array(2 * plan.stepCount).fill(-1);
    this.tail = new Int32Array(2 * plan.stepCount).fill(-1);
    this.strict = plan.order === 'strict';
    this.isVoid = plan.exclusionRule === 'void' && plan.exclusions.length > 0;
  }

  /** @param length number of events of the timeline that exist for the report */
  choose(timeline: Timeline, length: number): Choice {
    const { plan } = this;
    this.choice = { reached: 0, opening: -1, open: false };
    this.head.fill(-1);
    this.openings.length = 0;
    this.ranks.length = 0;
    this.opened = 0;
    this.chosenRank = Infinity;
    this.anchors.length = 0;
    this.next.length = 0;
    this.free = -1;
    let mayOpen = true;
    let i = 0;
    while (i < length) {
      const t = timeline.times[i] as number;
      const end = endOfInstant(timeline, i, length);
      this.instant.load(timeline, i, end);
      this.expire(t);
      this.advance(t);
      if (mayOpen && (this.instant.union & 1) === 1 && t >= plan.from && t < plan.to) {
        this.open(timeline, t, i, end);
        if (plan.entry === 'first') mayOpen = false;
      }
      if (this.choice.reached === plan.stepCount) {
        mayOpen = false;
        if (!this.anyOlderThanChoice()) break;
      }
      i = end;
    }
    this.expire(Infinity);
    return { ...this.choice, open: this.choice.open && this.choice.reached < plan.stepCount };
  }

  /** Lets one attempt end with so many steps; it is chosen when it got further, or as far but opened earlier. */
  private settle(reached: number, opening: number, rank: number): void {
    const { choice } = this;
    if (reached > choice.reached || (reached === choice.reached && rank < this.chosenRank)) {
      choice.reached = reached;
      choice.opening = opening;
      this.chosenRank = rank;
    }
  }

  /** Ends attempts whose window closed before an instant. */
  private expire(t: number): void {
    const { plan, head, anchors, openings } = this;
    const lists = this.strict && this.isVoid ? head.length : plan.stepCount;
    for (let list = 1; list < lists; list += 1) {
      let entry = head[list] as number;
      const reached = list % plan.stepCount;
      while (entry >= 0 && (anchors[entry] as number) + plan.windowMs < t) {
        if (list < plan.stepCount && isOpen(plan, (anchors[entry] as number) + plan.windowMs)) {
          this.choice.open = true;
        }
        this.settle(reached, openings[entry] as number, this.ranks[entry] as number);
        entry = this.release(list, entry);
      }
    }
  }

  /** Takes the steps of an instant in every list, highest first, so that nothing moves twice. */
  private advance(t: number): void {
    const { plan, head, instant } = this;
    const { stepCount } = plan;
    const { union, exclusions } = instant;
    if (union === 0 && exclusions === 0 && !this.strict) return;
    if (exclusions !== 0) {
      for (let reached = 1; reached < stepCount; reached += 1) {
        if (isExcluded(plan, exclusions, reached, reached)) this.drop(stepCount + reached);
      }
    }
    for (let reached = stepCount - 1; reached >= 1; reached -= 1) {
      if ((head[reached] as number) < 0) continue;
      const run = instant.longestRun(reached);
      const now = reached + run;
      if (isExcluded(plan, exclusions, reached, now)) {
        if (this.isVoid) this.drop(reached);
        else this.settleList(reached, now);
      } else if (now === stepCount) {
        this.settleList(reached, now);
      } else if (run > 0) {
        if (plan.windowPerStep) this.collapse(reached, now, t);
        else this.link(reached, now);
      } else if (this.strict) {
        if (this.isVoid) this.link(reached, stepCount + reached);
        else this.settleList(reached, reached);
      }
    }
  }

  /** Opens the attempts of an instant: one for each number of steps its step-1 events lead to, furthest first. */
  private open(timeline: Timeline, t: number, begin: number, end: number): void {
    const { stepCount } = this.plan;
    if (end - begin === 1) {
      this.push(1, begin, t, this.opened);
      this.opened += 1;
      return;
    }
    const earliest = new Array<number>(stepCount + 1).fill(-1);
    const seen = new Set<number>();
    for (let i = begin; i < end; i += 1) {
      const mask = timeline.steps[i] as number;
      if ((mask & 1) === 0 || seen.has(mask)) continue;
      seen.add(mask);
      const reached = 1 + this.instant.longestRun(1, mask);
      if ((earliest[reached] as number) < 0) earliest[reached] = i;
    }
    for (let reached = stepCount; reached >= 1; reached -= 1) {
      const opening = earliest[reached] as number;
      if (opening < 0) continue;
      if (reached === stepCount) this.settle(reached, opening, this.opened);
      else this.push(reached, opening, t, this.opened);
      this.opened += 1;
    }
  }

  private anyOlderThanChoice(): boolean {
    for (let list = 1; list < this.plan.stepCount; list += 1) {
      for (let entry = this.head[list] as number; entry >= 0; entry = this.next[entry] as number) {
        if ((this.openings[entry] as number) < this.choice.opening) return true;
        // Sorted by opening instant when the window counts from the first step: the first instant tells.
        if (!this.plan.windowPerStep && this.anchors[entry] !== this.anchors[this.head[list] as number])
          break;
      }
    }
    return false;
  }

  private push(list: number, opening: number, anchor: number, rank: number): void {
    const entry = this.free >= 0 ? this.free : this.openings.length;
    if (this.free >= 0) this.free = this.next[entry] as number;
    this.openings[entry] = opening;
    this.ranks[entry] = rank;
    this.anchors[entry] = anchor;
    this.next[entry] = -1;
    if ((this.head[list] as number) < 0) this.head[list] = entry;
    else this.next[this.tail[list] as number] = entry;
    this.tail[list] = entry;
  }

  /** Removes the first entry of a list and returns the one after it. */
  private release(list: number, entry: number): number {
    const after = this.next[entry] as number;
    this.head[list] = after;
    this.next[entry] = this.free;
    this.free = entry;
    return after;
  }

  private link(source: number, target: number): void {
    const first = this.head[source] as number;
    if ((this.head[target] as number) < 0) this.head[target] = first;
    else this.next[this.tail[target] as number] = first;
    this.tail[target] = this.tail[source] as number;
    this.head[source] = -1;
  }

  private collapse(source: number, target: number, t: number): void {
    let opening = -1;
    let rank = Infinity;
    for (let entry = this.head[source] as number; entry >= 0; entry = this.release(source, entry)) {
      if ((this.ranks[entry] as number) >= rank) continue;
      rank = this.ranks[entry] as number;
      opening = this.openings[entry] as number;
    }
    this.push(target, opening, t, rank);
  }

  private settleList(list: number, reached: number): void {
    for (let entry = this.head[list] as number; entry >= 0; entry = this.release(list, entry)) {
      this.settle(reached, this.openings[entry] as number, this.ranks[entry] as number);
    }
  }

  private drop(list: number): void {
    let entry = this.head[list] as number;
    while (entry >= 0) entry = this.release(list, entry);
  }
}
