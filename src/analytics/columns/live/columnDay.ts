import type { Timestamp } from 'mongodb';
import { DAY_MS, HOUR_MS } from '../../../shared/time/units';

/** Changes are noted hour by hour, so an hour is the smallest stretch that is built or read anew. */
export const HOURS_PER_DAY = 24;

/** One immutable block of events as it is stored: named by its content. */
export interface StoredBlock {
  /** SHA-256 of the bytes. */
  readonly hash: string;
  readonly bytes: number;
  readonly rows: number;
  /** Just after its last event, ms. */
  readonly end: number;
}

/**
 * A stretch of a day in blocks. Its rows are all events of these hours as they were at the moment `since`, so they
 * are still all of them as long as nothing has changed in these hours after it.
 */
export interface DayPart {
  /** Hours of the day, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly since: Timestamp;
  readonly rows: number;
  readonly blocks: readonly StoredBlock[];
  /** Columns that could not hold every value exactly, with the reason. */
  readonly inexact: Readonly<Record<string, string>>;
  /** The declared properties it has, as `name:type`. */
  readonly properties: readonly string[];
  /** Of its blocks; parts of before it was noted have none. */
  readonly version?: number | undefined;
}

/** One UTC day of the columns: what is built, and when each hour changed last. */
export interface ColumnDay {
  /** ms. */
  readonly start: number;
  /** Raised with each change of `parts`, by which writers find out that they were not alone. */
  readonly revision: number;
  /** By hour, not overlapping. Hours in no part had no events when the columns were begun. */
  readonly parts: readonly DayPart[];
  /** Last known change by hour of the day. */
  readonly changed: ReadonlyMap<number, Timestamp>;
}

/** A stretch of a day that blocks answer for, or that must be read from the events. */
export type DaySegment =
  | { readonly kind: 'stored'; readonly part: DayPart }
  | {
      readonly kind: 'dirty';
      readonly from: number;
      readonly to: number;
      /** The last change in it. */
      readonly changed: Timestamp;
      /** Rows its outdated blocks hold. */
      readonly rows: number;
    };

/** Number of the hour since 1970 that holds an instant (ms). */
export const hourOf = (at: number): number => Math.floor(at / HOUR_MS);

/** Start of the UTC day that holds an instant (ms). */
export const dayOf = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;

export function later(a: Timestamp | undefined, b: Timestamp | undefined): Timestamp | undefined {
  if (!a || !b) return a ?? b;
  return a.greaterThan(b) ? a : b;
}

/** Last change within hours of a day, by the day's own notes and by `recent` (hours since 1970). */
function lastChange(
  day: ColumnDay,
  from: number,
  to: number,
  recent: ReadonlyMap<number, Timestamp>,
): Timestamp | undefined {
  let last: Timestamp | undefined;
  const first = hourOf(day.start);
  for (let hour = from; hour < to; hour++) {
    last = later(later(last, day.changed.get(hour)), recent.get(first + hour));
  }
  return last;
}

/**
 * The segments of a day in order of time: each built part, stored while nothing changed after it was read and dirty
 * otherwise, and each hour outside the parts that has changed.
 * @param recent changes that the day itself does not know of yet, by hour since 1970
 */
export function segmentsOf(day: ColumnDay, recent: ReadonlyMap<number, Timestamp> = new Map()): DaySegment[] {
  const segments: { from: number; segment: DaySegment }[] = [];
  const covered = new Set<number>();
  for (const part of day.parts) {
    const { from, to, since, rows } = part;
    for (let hour = from; hour < to; hour++) covered.add(hour);
    const changed = lastChange(day, from, to, recent);
    const isDirty = changed?.greaterThan(since) === true;
    segments.push({
      from,
      segment: isDirty ? { kind: 'dirty', from, to, changed, rows } : { kind: 'stored', part },
    });
  }
  for (let hour = 0; hour < HOURS_PER_DAY; hour++) {
    if (covered.has(hour)) continue;
    const changed = lastChange(day, hour, hour + 1, recent);
    if (changed) {
      segments.push({ from: hour, segment: { kind: 'dirty', from: hour, to: hour + 1, changed, rows: 0 } });
    }
  }
  return segments.sort((a, b) => a.from - b.from).map(({ segment }) => segment);
}

/** Days that changes fall on and that have no entry of their own yet. */
export function withUnknownDays(
  days: readonly ColumnDay[],
  recent: ReadonlyMap<number, Timestamp>,
): ColumnDay[] {
  const known = new Set(days.map(({ start }) => start));
  const missing = new Set<number>();
  for (const hour of recent.keys()) {
    const start = dayOf(hour * HOUR_MS);
    if (!known.has(start)) missing.add(start);
  }
  const added = [...missing].map((start) => ({ start, revision: 0, parts: [], changed: new Map() }));
  return [...days, ...added].sort((a, b) => a.start - b.start);
}
