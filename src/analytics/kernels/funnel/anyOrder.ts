import { isExcluded } from './followAttempt';
import { endOfInstant, isOpen, type Choice, type FunnelPlan, type Timeline } from './plan';

/**
 * The most steps that the events of a window fill together, each event filling one, for a window that only
 * grows at its end: a maximum matching of events to steps that prefers late events.
 *
 * The sets of events that can be matched together form a matroid (transversal). Adding events in time order
 * and, when a new one does not fit, dropping the earliest event of the circuit it closes keeps a basis of
 * greatest weight for the weight "time"; of such a basis the members from an instant s on are a basis of all
 * events from s on (the greedy algorithm takes late ones first). So for every s at once, the events of
 * [s, now] fill as many steps as the basis has members at or after s.
 */
export class LatestMatching {
  /** Event time and steps of the event that fills each step; −Infinity where none does. */
  readonly times: Float64Array;
  private readonly masks: Int32Array;
  private readonly cameFrom: Int32Array;

  constructor(private readonly stepCount: number) {
    this.times = new Float64Array(stepCount);
    this.masks = new Int32Array(stepCount);
    this.cameFrom = new Int32Array(stepCount);
    this.clear();
  }

  clear(): void {
    this.times.fill(-Infinity);
    this.masks.fill(0);
  }

  /** Adds an event that is not earlier than any before. */
  add(time: number, mask: number): void {
    const { times, masks, cameFrom } = this;
    if ((mask & (mask - 1)) === 0) {
      const step = 31 - Math.clz32(mask);
      // A step filled by an event that can fill nothing else: the new event can only take its place.
      if (times[step] === -Infinity || masks[step] === mask) {
        times[step] = time;
        masks[step] = mask;
        return;
      }
    }
    // Breadth-first over the steps that alternating paths reach; a free step has time −Infinity, so taking
    // the earliest covers both growing the matching and exchanging within the circuit.
    let seen = 0;
    let frontier = mask;
    let parent = -1;
    let earliest = -1;
    const queue: number[] = [];
    for (;;) {
      let fresh = frontier & ~seen;
      seen |= fresh;
      while (fresh !== 0) {
        const step = 31 - Math.clz32(fresh);
        fresh ^= 1 << step;
        cameFrom[step] = parent;
        queue.push(step);
        if (earliest < 0 || (times[step] as number) < (times[earliest] as number)) earliest = step;
      }
      const step = queue.shift();
      if (step === undefined) break;
      parent = step;
      frontier = masks[step] as number;
    }
    if ((times[earliest] as number) >= time) return;
    let step = earliest;
    while ((cameFrom[step] as number) >= 0) {
      const from = cameFrom[step] as number;
      times[step] = times[from] as number;
      masks[step] = masks[from] as number;
      step = from;
    }
    times[step] = time;
    masks[step] = mask;
  }

  /** How many steps the events added from an instant on fill together. */
  countSince(instant: number): number {
    let count = 0;
    for (let step = 0; step < this.stepCount; step += 1) {
      if ((this.times[step] as number) >= instant) count += 1;
    }
    return count;
  }
}

/** Live attempts that have done the same number of steps; they opened one after another. */
interface Group {
  count: number;
  /** Positions among the openings, ascending; `from` is the first that is still live. */
  readonly openings: number[];
  from: number;
}

/**
 * The chosen attempt of a funnel in any order.
 *
 * Without exclusions the furthest count is the highest `countSince(t − window)` over all instants t, and the
 * earliest attempt that gets there opens at the first matching event in [f − window, f], f being the first
 * instant of that count (its window holds everything the count needs). With exclusions every opening instant
 * is an attempt of its own; those with equal counts lie beside each other (an older window holds more), so
 * they are kept as at most stepCount + 1 groups and every attempt is settled once.
 */
export class AnyOrder {
  private readonly matching: LatestMatching;
  private choice: Choice = { reached: 0, opening: -1, open: false };

  constructor(private readonly plan: FunnelPlan) {
    this.matching = new LatestMatching(plan.stepCount);
  }

  /** @param length number of events of the timeline that exist for the report */
  choose(timeline: Timeline, length: number): Choice {
    this.matching.clear();
    this.choice = { reached: 0, opening: -1, open: false };
    const first = this.firstOpening(timeline, length, this.plan.from);
    if (first < 0) return this.choice;
    if (this.plan.exclusions.length > 0 || this.plan.entry === 'first') {
      this.chooseAmongGroups(timeline, length, first);
    } else {
      this.chooseFreely(timeline, length, first);
    }
    if (this.choice.reached === this.plan.stepCount) this.choice.open = false;
    return this.choice;
  }

  /** Index of the first event from an instant on that matches a step and lies in the range; −1 if none. */
  private firstOpening(timeline: Timeline, length: number, instant: number): number {
    for (let i = 0; i < length; i += 1) {
      const t = timeline.times[i] as number;
      if (t >= this.plan.to) return -1;
      if (t >= instant && t >= this.plan.from && timeline.steps[i] !== 0) return i;
    }
    return -1;
  }

  private chooseFreely(timeline: Timeline, length: number, first: number): void {
    const { plan, matching } = this;
    const { times, steps } = timeline;
    let lastOpening = times[first] as number;
    let reachedAt = 0;
    for (let i = first; i < length && this.choice.reached < plan.stepCount;) {
      const t = times[i] as number;
      if (t - plan.windowMs > lastOpening && t >= plan.to) break;
      const end = endOfInstant(timeline, i, length);
      for (let j = i; j < end; j += 1) {
        const mask = steps[j] as number;
        if (mask === 0) continue;
        matching.add(t, mask);
        if (t < plan.to) lastOpening = t;
      }
      i = end;
      if (t - plan.windowMs > lastOpening) continue;
      const count = matching.countSince(t - plan.windowMs);
      if (count > this.choice.reached) {
        this.choice.reached = count;
        reachedAt = t;
      }
    }
    this.choice.opening = this.firstOpening(timeline, length, reachedAt - plan.windowMs);
    this.choice.open = isOpen(plan, lastOpening + plan.windowMs);
  }

  private chooseAmongGroups(timeline: Timeline, length: number, first: number): void {
    const { plan, matching } = this;
    const { times, steps, exclusions } = timeline;
    let groups: Group[] = [];
    const isVoid = plan.exclusionRule === 'void';
    let mayOpen = true;
    for (let i = first; i < length;) {
      const t = times[i] as number;
      groups = this.expire(groups, times, t);
      const end = endOfInstant(timeline, i, length);
      let opening = -1;
      let present = 0;
      for (let j = i; j < end; j += 1) {
        const mask = steps[j] as number;
        if (exclusions) present |= exclusions[j] as number;
        if (mask === 0) continue;
        matching.add(t, mask);
        if (opening < 0) opening = j;
      }
      const kept: Group[] = [];
      for (const group of groups) {
        const before = group.count;
        const now = matching.countSince(times[group.openings[group.from] as number] as number);
        if (isExcluded(plan, present, before, now)) {
          if (!isVoid) this.settle(now, group.openings[group.from] as number);
          continue;
        }
        group.count = now;
        const last = kept[kept.length - 1];
        if (last?.count === now) append(last, group);
        else kept.push(group);
      }
      groups = kept;
      if (opening >= 0 && mayOpen && t < plan.to) {
        const added: Group = { count: matching.countSince(t), openings: [opening], from: 0 };
        const last = groups[groups.length - 1];
        if (last?.count === added.count) append(last, added);
        else groups.push(added);
        if (plan.entry === 'first') mayOpen = false;
      }
      const oldest = groups[0];
      if (oldest?.count === plan.stepCount) {
        this.settle(plan.stepCount, oldest.openings[oldest.from] as number);
        return;
      }
      if (!mayOpen && groups.length === 0) return;
      if (t >= plan.to && groups.length === 0) return;
      i = end;
    }
    this.expire(groups, times, Infinity);
  }

  /** Ends attempts whose window closed before an instant; the oldest come first. */
  private expire(groups: Group[], times: Float64Array, t: number): Group[] {
    const { plan } = this;
    for (const group of groups) {
      while (group.from < group.openings.length) {
        const opening = group.openings[group.from] as number;
        const deadline = (times[opening] as number) + plan.windowMs;
        if (deadline >= t) break;
        if (isOpen(plan, deadline)) this.choice.open = true;
        this.settle(group.count, opening);
        group.from += 1;
      }
      if (group.from < group.openings.length) break;
    }
    return groups.filter((group) => group.from < group.openings.length);
  }

  private settle(reached: number, opening: number): void {
    const { choice } = this;
    if (reached > choice.reached || (reached === choice.reached && opening < choice.opening)) {
      choice.reached = reached;
      choice.opening = opening;
    }
  }
}

/** Moves a younger group's attempts behind those of an older one, the shorter list into the longer. */
function append(older: Group, younger: Group): void {
  for (let k = younger.from; k < younger.openings.length; k += 1) {
    older.openings.push(younger.openings[k] as number);
  }
}
