import { bucketsBetween, startOfBucket, WEEK_DAYS, type Bucket } from './calendar';
import { DAY_MS, HOUR_MS } from './units';
import { pointOf, type AxisSegment, type TimeAxis } from './axisPoint';
import type { ResolvedRange } from './range';
import { fromWallClock, offsetAt, toWallClock } from './zones';

/** Points of the hour-of-week axis. */
export const HOURS_PER_WEEK = 168;

export type AxisInterval = 'hour' | 'day' | 'week' | 'month' | 'hourOfWeek';

const isComplete = (bucket: Bucket, range: ResolvedRange, dataThrough: number | null): boolean =>
  dataThrough !== null && bucket.start >= range.from && bucket.end <= range.to && bucket.end <= dataThrough;

/** Runs of buckets of equal length, each one segment. */
function segmentsOf(buckets: readonly Bucket[]): AxisSegment[] {
  const segments: AxisSegment[] = [];
  buckets.forEach(({ start, end }, base) => {
    const step = end - start;
    if (segments[segments.length - 1]?.step !== step) segments.push({ start, step, base });
  });
  return segments;
}

/** Runs of hours that follow each other on the clock as they do in time, each one segment counting from the week's start. */
function weekHourSegments(range: ResolvedRange, hours: readonly Bucket[]): AxisSegment[] {
  const { timezone, weekStart } = range.calendar;
  const segments: AxisSegment[] = [];
  let next = { start: NaN, base: NaN };
  for (const { start, end } of hours) {
    const wallHour = Math.floor((start + offsetAt(timezone, start)) / HOUR_MS);
    // 1970-01-01 was a Thursday: day 3 of a week that begins on Monday.
    const weekHour = wallHour + (3 - WEEK_DAYS.indexOf(weekStart) + 7) * 24;
    const base = ((weekHour % HOURS_PER_WEEK) + HOURS_PER_WEEK) % HOURS_PER_WEEK;
    // Where clocks change by less than an hour, an hour may be shorter or longer than one.
    const step = Math.max(HOUR_MS, end - start);
    if (start !== next.start || base !== next.base || step > HOUR_MS) segments.push({ start, step, base });
    next = { start: start + HOUR_MS, base: (base + 1) % HOURS_PER_WEEK };
  }
  return segments;
}

function hourOfWeekAxis(range: ResolvedRange, dataThrough: number | null): TimeAxis {
  const { calendar } = range;
  const hours = bucketsBetween(calendar, 'hour', range.from, range.to);
  const segments = weekHourSegments(range, hours);
  const complete = new Array<boolean>(HOURS_PER_WEEK).fill(dataThrough !== null);
  const axis: TimeAxis = { starts: [], complete, segments, modulus: HOURS_PER_WEEK };
  for (const hour of hours) {
    if (isComplete(hour, range, dataThrough)) continue;
    complete[pointOf(axis, Math.max(hour.start, range.from))] = false;
  }
  return { ...axis, starts: weekHourStarts(range) };
}

/** Weeks that are looked at for one whose clock shows every hour; nowhere is an hour skipped in so many running. */
const WEEKS_TO_TRY = 4;

/**
 * The instants of the 168 wall-clock hours of the local week that holds the range's start, or of the first one
 * after it in which no hour is skipped: in one that skips an hour, two points would have the same name.
 */
function weekHourStarts(range: ResolvedRange): number[] {
  const { calendar } = range;
  const zone = calendar.timezone;
  const week = startOfBucket(calendar, 'week', range.from);
  // Where clocks are set forward at midnight, a week begins at one o'clock.
  let wall = Math.floor(toWallClock(zone, week) / DAY_MS) * DAY_MS;
  let starts: number[] = [];
  for (let tried = 0; tried < WEEKS_TO_TRY; tried += 1) {
    const readings = Array.from({ length: HOURS_PER_WEEK }, (_, hour) => wall + hour * HOUR_MS);
    starts = readings.map((reading) => fromWallClock(zone, reading));
    if (starts.every((start, hour) => toWallClock(zone, start) < (readings[hour] as number) + HOUR_MS)) break;
    wall += 7 * DAY_MS;
  }
  return starts;
}

/** The time axis of a range. */
export function createAxis(
  range: ResolvedRange,
  interval: AxisInterval,
  dataThrough: number | null,
): TimeAxis {
  if (interval === 'hourOfWeek') return hourOfWeekAxis(range, dataThrough);
  const buckets = bucketsBetween(range.calendar, interval, range.from, range.to);
  return {
    starts: buckets.map(({ start }) => start),
    complete: buckets.map((bucket) => isComplete(bucket, range, dataThrough)),
    segments: segmentsOf(buckets),
  };
}
