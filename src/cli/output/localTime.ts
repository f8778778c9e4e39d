import type { TrendData } from '../../shared/reports/result';
import { offsetAt, toWallClock } from '../../shared/time/zones';

const two = (value: number): string => String(value).padStart(2, '0');
const WEEK_DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** An instant as the clock of a zone shows it, to the minute, with its distance from UTC: `2026-01-31 09:00 +01:00`. */
export function showInstant(iso: string, timezone: string): string {
  const instant = Date.parse(iso);
  const wall = new Date(toWallClock(timezone, instant)).toISOString();
  const minutes = Math.round(offsetAt(timezone, instant) / 60_000);
  const sign = minutes < 0 ? '-' : '+';
  const size = Math.abs(minutes);
  return `${wall.slice(0, 10)} ${wall.slice(11, 16)} ${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** The start of a bucket as the clock of a zone shows it, as short as its interval allows. */
export function showBucket(iso: string, interval: TrendData['interval'], timezone: string): string {
  if (interval === 'hour') return showInstant(iso, timezone);
  const wall = new Date(toWallClock(timezone, Date.parse(iso)));
  if (interval === 'hourOfWeek') return `${WEEK_DAYS[wall.getUTCDay()] ?? ''} ${two(wall.getUTCHours())}:00`;
  const date = wall.toISOString().slice(0, 10);
  return interval === 'month' ? date.slice(0, 7) : date;
}
