import { isOpen, type FunnelPlan } from '../../kernels/funnel/plan';
import { firstRowAt } from './firstRowAt';
import { NO_STEP, type StepSlots } from './stepSlots';
import type { Times } from '../table/times';

const OPENING = NO_STEP + 1;
const NO_ROW = 2 ** 32 - 1;

/** Whether attempts of a funnel can be followed by `RowFollower`, provided that no event matches two steps. */
export function isFollowedByRows(plan: FunnelPlan): boolean {
  return plan.order === 'ordered' && !plan.windowPerStep && plan.exclusions.length === 0;
}

/**
 * The chosen attempt of an ordered funnel, straight from the rows of a unit: what `OrderedScan` says, for funnels
 * that `isFollowedByRows` and whose events match at most one step each.
 *
 * **The first attempt first.** Progress is monotone: of two attempts the older one has done at least as many steps,
 * windows set aside. So nobody gets further than the first attempt would without a window; if it got there within its
 * window, it is the chosen one: it was the first to get there, and no opening is earlier. That is decided for most
 * units by looking for one step after the other, and where a step does not occur at all, without looking.
 *
 * **Else the last attempt.** The first row by which the first attempt got so far is the first by which anybody can.
 * From there back, the latest row of each step before that of the step behind it: that attempt opened last of those
 * that got so far by then. If it did so within its window, it is no use to look at others: so many steps are reached,
 * and the chosen attempt is the first to open within a window before that row.
 *
 * **Else all attempts at once.** `latest[s]` is the row of the latest opening that has got as far as slot s (step
 * s − 1); `latest[1]` is the row at hand. So a row of slot s copies `latest[s − 1]` to `latest[s]`, an opening itself;
 * one that matches no step has slot 1 and copies a place that is never read: there is no branch to guess wrong, and no
 * time to look at. Why the window may be forgotten there: latest[s] ≤ latest[s − 1] throughout. Where latest[s − 1]
 * opened too long ago, latest[s] did so too, and neither can be of use again: one dead row takes another's place. Only
 * a row that would be the unit's furthest step has to know.
 *
 * Events of one instant may fill steps in any order, each one step. As none matches two, they do what they would do
 * in the order of their steps (each step takes the state after the step before, if that is among them, and what it
 * was before the instant if not). Where rows stand in another order, `instants` says so.
 */
export class RowFollower {
  /** Row of each step of the attempt chosen by `choose`; those reached hold. */
  readonly stepRows: Uint32Array;
  readonly #plan: FunnelPlan;
  readonly #at: Times;
  readonly #keys: ArrayLike<number>;
  readonly #slotOf: Uint8Array;
  /** The same where nothing opens any more. */
  readonly #slotLater: Uint8Array;
  /** With one behind all rows. */
  readonly #instants: Uint32Array;
  readonly #isInside: boolean;
  readonly #latest: Int32Array;
  /** First of `instants` that may concern the unit at hand. */
  #instant = 0;
  /** Slot of the step behind the furthest one, and that behind which nobody gets. */
  #next = OPENING;
  #end = OPENING;
  #furthestRow = 0;

  /**
   * @param instants those that are misordered, as `misorderedInstants` tells
   * @param isInside whether all rows lie in the plan's range
   */
  constructor(
    plan: FunnelPlan,
    at: Times,
    { keys, slotOf }: StepSlots,
    instants: Uint32Array,
    isInside: boolean,
  ) {
    this.#plan = plan;
    this.#at = at;
    this.#keys = keys;
    this.#slotOf = slotOf;
    this.#slotLater = slotOf.map((slot) => (slot === OPENING ? NO_STEP : slot));
    this.#instants = new Uint32Array(instants.length + 2).fill(NO_ROW);
    this.#instants.set(instants);
    this.#isInside = isInside;
    this.#latest = new Int32Array(plan.stepCount + 2);
    this.stepRows = new Uint32Array(plan.stepCount);
  }

  /**
   * Follows the first attempt of the unit of the rows from `begin` to before `end`, as if it had no window and the rows
   * stood in order.
   * @param most how many steps, from the first one, have rows in the unit; may be more
   * @param rows takes the row of each step, from `place` on, and behind them the last one that may open an attempt
   * @returns the steps reached; 0 where no attempt is opened
   */
  followFirst(begin: number, end: number, most: number, rows: Uint32Array, place: number): number {
    const keys = this.#keys;
    const slotOf = this.#slotOf;
    let row = begin;
    let opensUntil = end;
    let until = end;
    if (!this.#isInside) {
      row = this.#firstInRange(begin, end);
      opensUntil = this.#endOfRange(row, end);
      if (this.#plan.stepsWithinRange) until = opensUntil;
    }
    while (row < opensUntil && slotOf[keys[row] as number] !== OPENING) row++;
    if (row >= opensUntil) return 0;
    rows[place] = row++;
    let reached = 1;
    for (; reached < most; reached++) {
      while (row < until && slotOf[keys[row] as number] !== reached + OPENING) row++;
      if (row >= until) break;
      rows[place + reached] = row++;
    }
    rows[place + reached] = opensUntil - 1;
    return reached;
  }

  /** Whether some rows of a unit stand in another order than their steps; no unit asked before may lie behind it. */
  isMisordered(begin: number, end: number): boolean {
    this.#instant = this.#instantBehind(this.#instant, begin);
    return (this.#instants[this.#instant] as number) < end;
  }

  /**
   * Chooses among all attempts of a unit of which `isMisordered` was asked; leaves the rows of the chosen one in
   * `stepRows`.
   * @param opener the row of the first attempt
   * @param opensUntil the row behind the last one that may open an attempt
   * @param most steps that nobody gets beyond
   * @param furthest the first row by which somebody could get so far; −1 where it is not known
   * @returns the steps that the chosen attempt reached
   */
  choose(
    begin: number,
    end: number,
    opener: number,
    opensUntil: number,
    most: number,
    furthest: number,
  ): number {
    let reached = most;
    if (furthest >= 0 && this.#isReachable(furthest, most, opensUntil)) {
      this.#furthestRow = furthest;
    } else {
      const until = this.#plan.stepsWithinRange ? opensUntil : end;
      reached = this.#takeAll(begin, opener, opensUntil, until, most);
    }
    this.#findSteps(begin, end, this.#openingAfter(opener, end), reached);
    return reached;
  }

  /** Whether the latest attempt that has done so many steps by a row did them within its window. */
  #isReachable(furthest: number, reached: number, opensUntil: number): boolean {
    const { entry, windowMs } = this.#plan;
    if (entry === 'first') return false;
    const keys = this.#keys;
    const slotOf = this.#slotOf;
    let row = furthest;
    for (let slot = reached + NO_STEP - 1; slot >= OPENING; slot--) {
      row--;
      if (slot === OPENING && row >= opensUntil) row = opensUntil - 1;
      while (slotOf[keys[row] as number] !== slot) row--;
    }
    return this.#at.of(furthest) - this.#at.of(row) <= windowMs;
  }

  /**
   * Whether the last attempt, which has the most time left, could take an event that is still to come.
   * @param openedAt instant of the first opening
   * @param last the last row that may open an attempt, and its instant
   */
  isUndecided(openedAt: number, last: number, lastAt: number): boolean {
    const plan = this.#plan;
    if (plan.entry === 'first') return isOpen(plan, openedAt + plan.windowMs);
    if (!isOpen(plan, lastAt + plan.windowMs)) return false;
    let row = last;
    while (this.#slotOf[this.#keys[row] as number] !== OPENING) row--;
    return isOpen(plan, this.#at.of(row) + plan.windowMs);
  }

  /** The first row of a unit that lies in the range, or behind it. */
  #firstInRange(begin: number, end: number): number {
    const { from } = this.#plan;
    return this.#at.of(begin) < from ? firstRowAt(this.#at, begin, end, from) : begin;
  }

  /** The row behind the last one of a unit that lies in the range. */
  #endOfRange(begin: number, end: number): number {
    const { to } = this.#plan;
    return this.#at.of(end - 1) >= to ? firstRowAt(this.#at, begin, end, to) : end;
  }

  /** Lets all attempts take their steps; returns the furthest. @param most steps that nobody gets beyond */
  #takeAll(begin: number, opener: number, opensUntil: number, until: number, most: number): number {
    const instants = this.#instants;
    const slotOf = this.#slotOf;
    const slotLater = this.#slotLater;
    const instant = this.#instantBehind(this.#instant, opener);
    this.#latest.fill(-1);
    this.#next = OPENING;
    this.#end = OPENING + most;
    // Only the first instant opens where the first entry counts.
    const isTurned = (instants[instant] as number) <= opener;
    const first = isTurned ? Math.max(instants[instant] as number, begin) : opener;
    const behind = isTurned ? Math.min(instants[instant + 1] as number, opensUntil) : opener + 1;
    this.#take(first, behind, slotOf, instant);
    this.#take(behind, opensUntil, this.#plan.entry === 'first' ? slotLater : slotOf, instant);
    this.#take(Math.max(behind, opensUntil), until, slotLater, instant);
    return this.#next - OPENING;
  }

  /** The earliest opening whose attempt reaches the furthest step: the first one within its window. */
  #openingAfter(opener: number, end: number): number {
    const at = this.#at;
    const notBefore = at.of(this.#furthestRow) - this.#plan.windowMs;
    if (at.of(opener) >= notBefore) return opener;
    const keys = this.#keys;
    const slotOf = this.#slotOf;
    let row = firstRowAt(at, opener, end, notBefore);
    while (slotOf[keys[row] as number] !== OPENING) row++;
    return row;
  }

  /** First of the misordered instants, from one on, that does not end before a row. */
  #instantBehind(from: number, row: number): number {
    const instants = this.#instants;
    let instant = from;
    while ((instants[instant + 1] as number) <= row) instant += 2;
    return instant;
  }

  /** Lets all attempts take the rows from `begin` to before `end`. @param from first instant that may lie there */
  #take(begin: number, end: number, slotOf: Uint8Array, from: number): void {
    const instants = this.#instants;
    let row = begin;
    let instant = this.#instantBehind(from, begin);
    while (row < end && this.#next < this.#end) {
      const next = instants[instant] as number;
      if (row < next) {
        const stop = Math.min(next, end);
        this.#takeRows(row, stop, slotOf);
        row = stop;
      } else {
        const stop = Math.min(instants[instant + 1] as number, end);
        this.#takeInstant(row, stop, slotOf);
        row = stop;
        instant += 2;
      }
    }
  }

  #takeRows(begin: number, end: number, slotOf: Uint8Array): void {
    const keys = this.#keys;
    const latest = this.#latest;
    const at = this.#at;
    const { windowMs } = this.#plan;
    const behind = this.#end;
    let next = this.#next;
    for (let row = begin; row < end; row++) {
      const slot = slotOf[keys[row] as number] as number;
      latest[1] = row;
      const opening = latest[slot - 1] as number;
      latest[slot] = opening;
      if (slot !== next || at.of(row) - at.of(opening) > windowMs) continue;
      this.#furthestRow = row;
      next++;
      if (next === behind) break;
    }
    this.#next = next;
  }

  /** The rows of a misordered instant, in the order of their steps. */
  #takeInstant(begin: number, end: number, slotOf: Uint8Array): void {
    const latest = this.#latest;
    const at = this.#at;
    let present = 0;
    for (let row = begin; row < end; row++) present |= 1 << (slotOf[this.#keys[row] as number] as number);
    for (let slot = OPENING; slot < this.#end; slot++) {
      if (((present >> slot) & 1) === 0) continue;
      latest[1] = begin;
      const opening = latest[slot - 1] as number;
      latest[slot] = opening;
      if (slot !== this.#next || at.of(begin) - at.of(opening) > this.#plan.windowMs) continue;
      this.#furthestRow = begin;
      this.#next++;
    }
  }

  /** The rows that fill the steps of the attempt of an opening, which takes each step as soon as it can. */
  #findSteps(begin: number, end: number, opening: number, reached: number): void {
    const { stepRows } = this;
    const keys = this.#keys;
    const slotOf = this.#slotOf;
    const instants = this.#instants;
    stepRows[0] = opening;
    if (reached === 1) return;
    let done = 1;
    let instant = this.#instantBehind(this.#instant, opening);
    let row = opening + 1;
    // Those of the opening's instant may stand before it.
    if ((instants[instant] as number) <= opening) {
      row = Math.max(instants[instant] as number, begin);
    }
    while (done < reached && row < end) {
      const next = instants[instant] as number;
      if (row < next) {
        const stop = Math.min(next, end);
        for (; row < stop && done < reached; row++) {
          if (slotOf[keys[row] as number] === done + OPENING) stepRows[done++] = row;
        }
        continue;
      }
      const stop = Math.min(instants[instant + 1] as number, end);
      for (let place = row; place < stop && done < reached; place++) {
        if (slotOf[keys[place] as number] !== done + OPENING) continue;
        stepRows[done++] = place;
        // The next step's event may stand before this one.
        place = row - 1;
      }
      row = stop;
      instant += 2;
    }
  }
}
