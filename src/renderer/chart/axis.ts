import type { TrendData } from '../../shared/reports/result';
import { addWall } from '../../shared/time/calendar';
import { HOUR_MS } from '../../shared/time/units';
import { fromWallClock, toWallClock } from '../../shared/time/zones';
import type { Interval } from '../format/time';
import { formatBucketShort } from '../format/time';

/** Gridlines above the base line, at most. */
const MOST_LINES = 5;
/** Room over the highest value, as a share of it. */
const HEADROOM = 0.06;

/** A value axis from 0: where its gridlines are, and how high it goes. */
export interface ValueAxis {
  readonly ticks: readonly number[];
  readonly top: number;
}

/** Round gridlines, steps of 1, 2, 2.5 or 5 times a power of ten, and a little room over the highest value. */
export function valueAxis(max: number, whole = true): ValueAxis {
  if (!(max > 0)) return { ticks: [0, 1], top: 1 + HEADROOM };
  const rough = max / MOST_LINES;
  const power = 10 ** Math.floor(Math.log10(rough));
  const candidates = [1, 2, 2.5, 5, 10].map((factor) => factor * power);
  let step = candidates.find((candidate) => max / candidate <= MOST_LINES + 1e-6) ?? 10 * power;
  if (whole) step = Math.max(1, Number.isInteger(step) ? step : Math.ceil(step));
  const top = max * (1 + HEADROOM);
  const count = Math.max(1, Math.floor(top / step));
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return { ticks, top: Math.max(top, (ticks[count] ?? 1) * (1 + HEADROOM / 4)) };
}

export interface AxisTick {
  readonly index: number;
  readonly label: string;
}

/** Which buckets carry a label, so that labels of about 64 px never touch; the first of a run is always one. */
export function bucketTicks(
  ats: readonly string[],
  interval: Interval,
  zone: string,
  widthPx: number,
  locale?: string,
): AxisTick[] {
  if (ats.length === 0) return [];
  const room = Math.max(
    1,
    Math.floor(widthPx / (interval === 'month' || interval === 'hourOfWeek' ? 84 : 64)),
  );
  const steps =
    interval === 'hour'
      ? [1, 2, 3, 6, 12, 24, 48, 72, 168]
      : interval === 'day'
        ? [1, 2, 7, 14, 28, 56, 112]
        : [1, 2, 3, 6, 12];
  const step = steps.find((size) => ats.length / size <= room) ?? Math.ceil(ats.length / room);
  const ticks: AxisTick[] = [];
  for (let index = 0; index < ats.length; index += step) {
    const at = ats[index];
    if (at === undefined) continue;
    const label =
      interval === 'hour' && step >= 24
        ? formatBucketShort(at, 'day', zone, locale)
        : formatBucketShort(at, interval, zone, locale);
    ticks.push({ index, label });
  }
  return ticks;
}

/** Picks the finest interval that gives a readable number of buckets over a span. */
export function naturalInterval(spanMs: number): 'hour' | 'day' | 'week' | 'month' {
  const days = spanMs / 86_400_000;
  if (days <= 3) return 'hour';
  if (days <= 120) return 'day';
  return days <= 740 ? 'week' : 'month';
}

/** The end of a bucket as an instant (ms). */
export function bucketEnd(at: string, interval: TrendData['interval'], zone: string): number {
  const start = Date.parse(at);
  if (interval === 'hour' || interval === 'hourOfWeek') return start + HOUR_MS;
  return fromWallClock(zone, addWall(toWallClock(zone, start), interval, 1));
}
