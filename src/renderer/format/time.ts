import type { TrendData } from '../../shared/reports/result';
import { DAY_MS } from '../../shared/time/units';
import { toWallClock } from '../../shared/time/zones';

export type Interval = TrendData['interval'];

/**
 * Times are shown by shifting an instant to the zone's wall clock with the bundled zone database and
 * formatting that as UTC: the host's own zone tables, which differ between machines, are never asked.
 */
const formats = new Map<string, Intl.DateTimeFormat>();

function write(wall: number, options: Intl.DateTimeFormatOptions, locale?: string): string {
  const key = `${locale ?? ''}${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) {
    formats.set(key, (format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })));
  }
  return format.format(wall);
}

const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

const instantOf = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));

/** "12 Mar 2026". */
export function formatDate(at: string | number, zone: string, locale?: string): string {
  return write(toWallClock(zone, instantOf(at)), { ...DAY, year: 'numeric' }, locale);
}

/** "14:32:05". */
export function formatClock(at: string | number, zone: string, locale?: string): string {
  return write(toWallClock(zone, instantOf(at)), { ...CLOCK, second: '2-digit' }, locale);
}

/** "12 Mar 2026, 14:32", with seconds on demand. */
export function formatDateTime(at: string | number, zone: string, seconds = false, locale?: string): string {
  const options: Intl.DateTimeFormatOptions = { ...DAY, year: 'numeric', ...CLOCK };
  if (seconds) options.second = '2-digit';
  return write(toWallClock(zone, instantOf(at)), options, locale);
}

/** The name of a bucket in full, with its weekday where it has one. */
export function formatBucket(at: string, interval: Interval, zone: string, locale?: string): string {
  const wall = toWallClock(zone, Date.parse(at));
  switch (interval) {
    case 'hour':
      return write(wall, { weekday: 'short', ...DAY, ...CLOCK }, locale);
    case 'hourOfWeek':
      return write(wall, { weekday: 'long', ...CLOCK }, locale);
    case 'month':
      return write(wall, { month: 'long', year: 'numeric' }, locale);
    case 'week':
      return `${write(wall, { ...DAY, year: 'numeric' }, locale)} – ${write(wall + 6 * DAY_MS, DAY, locale)}`;
    default:
      return write(wall, { weekday: 'long', ...DAY, year: 'numeric' }, locale);
  }
}

/** The name of a bucket where space is short (axis, grid header). */
export function formatBucketShort(at: string, interval: Interval, zone: string, locale?: string): string {
  const wall = toWallClock(zone, Date.parse(at));
  if (interval === 'month') return write(wall, { month: 'short', year: 'numeric' }, locale);
  if (interval === 'hour') return write(wall, CLOCK, locale);
  if (interval === 'hourOfWeek') return write(wall, { weekday: 'short', ...CLOCK }, locale);
  return write(wall, DAY, locale);
}

/** Weekday names in order from a wall-clock reading that begins the week. */
export function weekdayName(
  at: string,
  zone: string,
  length: 'short' | 'long' = 'short',
  locale?: string,
): string {
  return write(toWallClock(zone, Date.parse(at)), { weekday: length }, locale);
}

/** "March 2026" of a wall-clock month (UTC fields). */
export function formatMonth(wall: number, locale?: string): string {
  return write(wall, { month: 'long', year: 'numeric' }, locale);
}

/** A wall-clock reading's weekday, short ("Mo"), for calendar headers. */
export function formatWeekdayNarrow(wall: number, locale?: string): string {
  return write(wall, { weekday: 'short' }, locale).slice(0, 2);
}

/** A range of instants, `to` exclusive, as "1 Mar 2026 – 31 Mar 2026", with clock times unless both are midnights. */
export function formatSpan(from: number, to: number, zone: string, locale?: string): string {
  const start = toWallClock(zone, from);
  const end = toWallClock(zone, to);
  const whole = start % DAY_MS === 0 && end % DAY_MS === 0;
  const options: Intl.DateTimeFormatOptions = { ...DAY, year: 'numeric', ...(whole ? {} : CLOCK) };
  const last = whole ? end - DAY_MS : end;
  if (whole && last <= start) return write(start, options, locale);
  const key = `span${locale ?? ''}${String(whole)}`;
  let format = formats.get(key);
  if (!format) {
    formats.set(key, (format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })));
  }
  return format.formatRange(start, last);
}

/** The zone's short name for narrow places: its city. */
export function shortZone(zone: string): string {
  return (zone.split('/').pop() ?? zone).replace(/_/g, ' ');
}
