import { fromWallClock, offsetAt, toWallClock } from './zones';
import { DAY_MS, HOUR_MS } from './units';

export const INTERVALS = ['hour', 'day', 'week', 'month'] as const;
export type CalendarInterval = (typeof INTERVALS)[number];
export const WEEK_DAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export type WeekDay = (typeof WEEK_DAYS)[number];

export interface Calendar {
  /** IANA zone. */
  readonly timezone: string;
  readonly weekStart: WeekDay;
}

/** One bucket of a time axis: start inclusive, end exclusive, instants in ms. */
export interface Bucket {
  readonly start: number;
  readonly end: number;
}

/** Weekday of a wall-clock reading, 0 = Monday … 6 = Sunday. */
export function weekDayOf(wall: number): number {
  return (Math.floor(wall / DAY_MS) + 3 + 7 * 1_000_000) % 7;
}

/** The wall-clock reading at which the calendar unit that holds a reading begins (hours excluded). */
function floorWall(wall: number, interval: 'day' | 'week' | 'month', weekStart: WeekDay): number {
  const day = Math.floor(wall / DAY_MS) * DAY_MS;
  if (interval === 'day') return day;
  if (interval === 'week') {
    const back = (weekDayOf(day) - WEEK_DAYS.indexOf(weekStart) + 7) % 7;
    return day - back * DAY_MS;
  }
  const date = new Date(day);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** A wall-clock reading some calendar units later. */
export function addWall(wall: number, interval: 'day' | 'week' | 'month', count: number): number {
  if (interval === 'day') return wall + count * DAY_MS;
  if (interval === 'week') return wall + count * 7 * DAY_MS;
  const date = new Date(wall);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, date.getUTCDate());
}

/** Start of the local day that holds an instant. */
export function startOfDay(timezone: string, instant: number): number {
  return fromWallClock(timezone, floorWall(toWallClock(timezone, instant), 'day', 'monday'));
}

/** Start of the local day some days away from the local day that holds an instant. */
export function addDays(timezone: string, instant: number, days: number): number {
  const day = floorWall(toWallClock(timezone, instant), 'day', 'monday');
  return fromWallClock(timezone, day + days * DAY_MS);
}

/**
 * The start of the local hour that holds an instant. Hours are wall-clock hours: a clock that jumps inside
 * an hour (Lord Howe moves by half an hour) ends it there, and a repeated hour is an hour of its own.
 */
export function startOfHour(timezone: string, instant: number): number {
  const wall = toWallClock(timezone, instant);
  const start = instant - (((wall % HOUR_MS) + HOUR_MS) % HOUR_MS);
  if (offsetAt(timezone, start) === offsetAt(timezone, instant)) return start;
  return changeBetween(timezone, start, instant);
}

/** The first instant after `low` that has the offset of `high`; both lie within one hour (ms). */
function changeBetween(timezone: string, low: number, high: number): number {
  const offset = offsetAt(timezone, high);
  let before = low;
  let after = high;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(timezone, middle) === offset) after = middle;
    else before = middle;
  }
  return after;
}

/** The end of the local hour that begins at an instant. */
function endOfHour(timezone: string, start: number): number {
  const wall = toWallClock(timezone, start);
  const plain = start + HOUR_MS - (((wall % HOUR_MS) + HOUR_MS) % HOUR_MS);
  return offsetAt(timezone, plain - 1) === offsetAt(timezone, start)
    ? plain
    : changeBetween(timezone, start, plain - 1);
}

/** Start of the calendar bucket that holds an instant. */
export function startOfBucket(calendar: Calendar, interval: CalendarInterval, instant: number): number {
  if (interval === 'hour') return startOfHour(calendar.timezone, instant);
  const wall = toWallClock(calendar.timezone, instant);
  return fromWallClock(calendar.timezone, floorWall(wall, interval, calendar.weekStart));
}

/** Start of the bucket `count` units after the one that begins at `start` (count may be negative; not for hours). */
export function addBuckets(
  calendar: Calendar,
  interval: 'day' | 'week' | 'month',
  start: number,
  count: number,
): number {
  const wall = floorWall(toWallClock(calendar.timezone, start), interval, calendar.weekStart);
  return fromWallClock(calendar.timezone, addWall(wall, interval, count));
}

/**
 * The calendar buckets that cover [from, to), in order and without gaps. The first and the last are whole
 * calendar units, so they may begin before `from` and end after `to`.
 */
export function bucketsBetween(
  calendar: Calendar,
  interval: CalendarInterval,
  from: number,
  to: number,
): Bucket[] {
  const buckets: Bucket[] = [];
  let start = startOfBucket(calendar, interval, from);
  while (start < to) {
    const end =
      interval === 'hour' ? endOfHour(calendar.timezone, start) : addBuckets(calendar, interval, start, 1);
    buckets.push({ start, end });
    start = end;
  }
  return buckets;
}

/** Index of the bucket that holds an instant, or −1 (binary search over ordered, gapless buckets). */
export function bucketIndex(buckets: readonly Bucket[], instant: number): number {
  let low = 0;
  let high = buckets.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const bucket = buckets[middle] as Bucket;
    if (instant < bucket.start) high = middle - 1;
    else if (instant >= bucket.end) low = middle + 1;
    else return middle;
  }
  return -1;
}
