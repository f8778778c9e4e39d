import type { Timeline } from './plan';

/**
 * The events of one instant (equal timestamps), and how many consecutive steps they can fill, each event
 * filling one. That is a bipartite matching of steps to events, grown one step at a time along augmenting
 * paths (Kuhn's algorithm). Events with the same steps are interchangeable, so they are kept as one group
 * with a count: a thousand equal events cost what one costs.
 */
export class Instant {
  private groups: number[] = [];
  private counts: number[] = [];
  private used: number[] = [];
  private visited: number[] = [];
  private stamp = 0;
  private readonly groupOfStep: number[] = [];
  /** All steps that some event of the instant matches. */
  union = 0;
  /** All exclusions that some event of the instant matches. */
  exclusions = 0;
  private size = 0;
  /** Whether no event matches two steps. */
  private isSimple = false;
  private timeline: Timeline | undefined;
  private begin = 0;
  private end = 0;
  private grouped = false;

  constructor(private readonly stepCount: number) {}

  /** Takes the events [begin, end) of a timeline, which must share one timestamp. */
  load(timeline: Timeline, begin: number, end: number): void {
    const { steps, exclusions } = timeline;
    let union = 0;
    let isSimple = true;
    for (let i = begin; i < end; i += 1) {
      const mask = steps[i] as number;
      union |= mask;
      if ((mask & (mask - 1)) !== 0) isSimple = false;
    }
    this.isSimple = isSimple;
    let excluded = 0;
    if (exclusions) for (let i = begin; i < end; i += 1) excluded |= exclusions[i] as number;
    this.union = union;
    this.exclusions = excluded;
    this.size = end - begin;
    this.timeline = timeline;
    this.begin = begin;
    this.end = end;
    this.grouped = false;
  }

  /**
   * How many of the steps `done` + 1, `done` + 2, … distinct events of the instant fill one after another.
   * @param without step bits of one event that is taken already (the opening one), or −1
   */
  longestRun(done: number, without = -1): number {
    const reach = (this.union >>> done) & 1;
    if (reach === 0 || done >= this.stepCount) return 0;
    const events = without < 0 ? this.size : this.size - 1;
    if (events === 0) return 0;
    // Steps then have no event in common: each that has one is filled, whatever fills the others.
    if (this.isSimple && (without < 0 || without >>> done === 0)) {
      const run = 31 - Math.clz32(~(this.union >>> done) & -~(this.union >>> done));
      return Math.min(run, this.stepCount - done);
    }
    const twoInARow = ((this.union >>> done) & 3) === 3;
    if (without < 0 && (events === 1 || !twoInARow)) return 1;
    if (!this.grouped) this.group();
    this.clear(without);
    let step = done;
    while (step < this.stepCount && step - done < events && this.place(step)) step += 1;
    return step - done;
  }

  /**
   * Which event fills which of the steps `done` + 1 … `done` + `run`: step by step the lowest event id that
   * leaves the run possible. `run` must be possible.
   * @param taken index of an event that may not be used, or −1
   * @returns indexes in the timeline, one per step
   */
  assign(done: number, run: number, taken: number): number[] {
    const timeline = this.timeline as Timeline;
    const { steps } = timeline;
    const chosen: number[] = [];
    const isFree = (index: number): boolean => index !== taken && !chosen.includes(index);
    for (let step = done; step < done + run; step += 1) {
      const tried = new Set<number>();
      for (let i = this.begin; i < this.end; i += 1) {
        const mask = steps[i] as number;
        if (!isFree(i) || ((mask >>> step) & 1) === 0 || tried.has(mask)) continue;
        tried.add(mask);
        const rest = this.groupFree((index) => index !== i && isFree(index));
        if (rest.fills(step + 1, done + run)) {
          chosen.push(i);
          break;
        }
      }
    }
    return chosen;
  }

  /** Whether the loaded events fill the steps [first, last). */
  private fills(first: number, last: number): boolean {
    this.clear(-1);
    for (let step = first; step < last; step += 1) if (!this.place(step)) return false;
    return true;
  }

  private groupFree(isFree: (index: number) => boolean): Instant {
    const rest = new Instant(this.stepCount);
    rest.timeline = this.timeline;
    rest.begin = this.begin;
    rest.end = this.end;
    rest.group(isFree);
    return rest;
  }

  private group(isFree?: (index: number) => boolean): void {
    const { steps } = this.timeline as Timeline;
    const at = new Map<number, number>();
    this.groups = [];
    this.counts = [];
    this.used = [];
    this.visited = [];
    for (let i = this.begin; i < this.end; i += 1) {
      const mask = steps[i] as number;
      if (mask === 0 || (isFree && !isFree(i))) continue;
      const known = at.get(mask);
      if (known === undefined) {
        at.set(mask, this.groups.length);
        this.groups.push(mask);
        this.counts.push(1);
        this.used.push(0);
        this.visited.push(0);
      } else {
        this.counts[known] = (this.counts[known] as number) + 1;
      }
    }
    this.stamp = 0;
    this.grouped = true;
  }

  private clear(without: number): void {
    this.used.fill(0);
    this.groupOfStep.fill(-1);
    if (without < 0) return;
    const index = this.groups.indexOf(without);
    if (index >= 0) this.used[index] = 1;
  }

  /** Gives a step an event, moving earlier steps to other events where that is needed. */
  private place(step: number): boolean {
    this.stamp += 1;
    return this.augment(step);
  }

  private augment(step: number): boolean {
    for (let g = 0; g < this.groups.length; g += 1) {
      if ((((this.groups[g] as number) >>> step) & 1) === 0 || this.visited[g] === this.stamp) continue;
      this.visited[g] = this.stamp;
      if ((this.used[g] as number) < (this.counts[g] as number)) {
        this.used[g] = (this.used[g] as number) + 1;
        this.groupOfStep[step] = g;
        return true;
      }
      for (let other = 0; other < this.stepCount; other += 1) {
        if (this.groupOfStep[other] !== g || !this.augment(other)) continue;
        this.groupOfStep[step] = g;
        return true;
      }
    }
    return false;
  }
}
