/**
 * What a funnel report asks of one user's (or session's) events, in numbers. Steps and exclusions are bits:
 * step N of the report is bit N − 1.
 */
export interface FunnelPlan {
  /** 2 to 20. */
  readonly stepCount: number;
  readonly order: 'ordered' | 'strict' | 'any';
  /** Whole ms; a step counts when it is at most this long after the first (or the previous) step. */
  readonly windowMs: number;
  readonly windowPerStep: boolean;
  readonly entry: 'best' | 'first';
  readonly exclusions: readonly Exclusion[];
  readonly exclusionRule: 'stop' | 'void';
  /** Opening events lie in [from, to), ms. */
  readonly from: number;
  readonly to: number;
  /** Events from `to` on do not exist. */
  readonly stepsWithinRange: boolean;
  /** Newest instant known to be complete, ms; −Infinity without events. */
  readonly dataThrough: number;
}

/** Steps count from 1: the excluded event must not occur strictly between them. */
export interface Exclusion {
  readonly afterStep: number;
  readonly beforeStep: number;
}

/**
 * Events of one unit (a user, or one session), sorted by (time, event id). Only the first `length` entries
 * hold; the arrays may be longer and are reused between units. `strict` needs every event of the unit,
 * the other orders only those that match a step or an exclusion.
 */
export interface Timeline {
  length: number;
  /** Instants, ms. */
  times: Float64Array;
  /** Bit k: the event matches step k + 1. */
  steps: Int32Array;
  /** Bit q: the event is excluded by exclusion q; null when the report has none. */
  exclusions: Int32Array | null;
  /** Code of the event's breakdown value; null when the report has no breakdown. */
  values: Int32Array | null;
}

/** The chosen attempt of a unit. */
export interface Choice {
  /** Steps reached, 1 … stepCount; 0: the unit is no entrant. */
  reached: number;
  /** Index of the opening event in the timeline; −1 for no entrant. */
  opening: number;
  /** Whether some attempt could still reach the next step after `dataThrough`. */
  open: boolean;
}

/** Why the chosen attempt did not reach the step after its last one. */
export type DropReason = 'noNextEvent' | 'windowExceeded' | 'exclusion' | 'undecided';

/** A funnel window in whole ms: an event counts when it is at most this long after the attempt's first. */
export function toWindowMs(windowSeconds: number): number {
  return Math.floor(windowSeconds * 1000 + 1e-6);
}

/** Whether an attempt with this deadline can still take an event that comes after `dataThrough`. */
export function isOpen(plan: FunnelPlan, deadline: number): boolean {
  const last = plan.stepsWithinRange ? Math.min(deadline, plan.to - 1) : deadline;
  return last > plan.dataThrough;
}

/** Index behind the last event of the instant that begins at `begin`. */
export function endOfInstant(timeline: Timeline, begin: number, length: number): number {
  const { times } = timeline;
  const instant = times[begin];
  let end = begin + 1;
  while (end < length && times[end] === instant) end += 1;
  return end;
}

/** Number of events that exist for the report: all, or those before the range's end. */
export function visibleLength(plan: FunnelPlan, timeline: Timeline): number {
  if (!plan.stepsWithinRange) return timeline.length;
  let low = 0;
  let high = timeline.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timeline.times[middle] as number) < plan.to) low = middle + 1;
    else high = middle;
  }
  return low;
}
