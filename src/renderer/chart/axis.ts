import type { Interval } from '../format/time';
import { formatBucketShort } from '../format/time';

/** Round gridline values from 0 to at least `max`: at most five steps of 1, 2, 2.5 or 5 times a power of ten. */
export function valueTicks(max: number, whole = true): number[] {
  if (!(max > 0)) return [0, 1];
  const rough = max / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const candidates = [1, 2, 2.5, 5, 10].map((factor) => factor * power);
  let step = candidates.find((candidate) => max / candidate <= 4.000001) ?? 10 * power;
  if (whole) step = Math.max(1, Number.isInteger(step) ? step : Math.ceil(step));
  const count = Math.max(1, Math.ceil(max / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
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
