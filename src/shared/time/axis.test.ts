import { describe, expect, it } from 'vitest';
import { createAxis } from './axis';
import { pointOf } from './axisPoint';
import { bucketIndex, bucketsBetween } from './calendar';
import { resolveRange } from './range';
import { toWallClock } from './zones';

const ZONES = ['Europe/Berlin', 'America/New_York', 'Africa/Cairo', 'Asia/Kolkata', 'Australia/Lord_Howe'];

describe.each(ZONES)('the time axis in %s', (timezone) => {
  const range = resolveRange({ from: '2026-03-01', to: '2026-11-30', timezone, weekStart: 'monday' }, 0);

  it.each(['hour', 'day', 'week', 'month'] as const)(
    'finds the bucket of every %s by arithmetic',
    (interval) => {
      const axis = createAxis(range, interval, range.to);
      const buckets = bucketsBetween(range.calendar, interval, range.from, range.to);
      for (let at = range.from; at < range.to; at += 12_345_677) {
        expect(pointOf(axis, at)).toBe(bucketIndex(buckets, at));
      }
      for (const { start, end } of buckets.slice(1, -1)) {
        expect(pointOf(axis, end - 1)).toBe(pointOf(axis, start));
      }
    },
  );

  it('gives the hour of the week its 168 points', () => {
    const axis = createAxis(range, 'hourOfWeek', range.to);
    expect(axis.starts).toHaveLength(168);
    const seen = new Set<number>();
    for (let at = range.from; at < range.to; at += 1_799_999) seen.add(pointOf(axis, at));
    expect(seen.size).toBe(168);
    expect(Math.max(...seen)).toBe(167);
  });

  it('finds the weekday and hour that the clock shows, also around every change of the clock', () => {
    const axis = createAxis(range, 'hourOfWeek', range.to);
    for (let at = range.from; at < range.to; at += 899_999) {
      const shown = new Date(toWallClock(timezone, at));
      expect(pointOf(axis, at)).toBe(((shown.getUTCDay() + 6) % 7) * 24 + shown.getUTCHours());
    }
  });
});

it('names the hours of a week whose first midnight is skipped by that midnight', () => {
  const range = resolveRange(
    { from: '2026-04-24', to: '2026-04-27', timezone: 'Africa/Cairo', weekStart: 'friday' },
    0,
  );
  const { starts } = createAxis(range, 'hourOfWeek', range.to);
  expect(starts.slice(0, 3).map((start) => new Date(start).toISOString())).toEqual([
    '2026-04-23T22:00:00.000Z', // 00:00 is skipped
    '2026-04-23T22:00:00.000Z', // 01:00
    '2026-04-23T23:00:00.000Z', // 02:00
  ]);
});
