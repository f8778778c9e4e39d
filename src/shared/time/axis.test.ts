import { describe, expect, it } from 'vitest';
import { createAxis } from './axis';
import { pointOf } from './axisPoint';
import { bucketIndex, bucketsBetween } from './calendar';
import { resolveRange } from './range';
import { toWallClock } from './zones';
import { hourOfWeek, hourOfWeekStarts } from '../../analytics/reference/localTime';

const ZONES = ['Europe/Berlin', 'America/New_York', 'Africa/Cairo', 'Asia/Kolkata', 'Australia/Lord_Howe'];

describe.each(ZONES)('the time axis in %s', (timezone) => {
  const range = resolveRange({ from: '2026-03-01', to: '2026-11-30', timezone, weekStart: 'monday' }, 0);

  it.each(['hour', 'day', 'week', 'month'] as const)(
    'finds the bucket of every %s by arithmetic',
    (interval) => {
      const axis = createAxis(range, interval, range.to);
      const buckets = bucketsBetween(range.calendar, interval, range.from, range.to);
      const wrong: number[] = [];
      for (let at = range.from; at < range.to; at += 12_345_677) {
        if (pointOf(axis, at) !== bucketIndex(buckets, at)) wrong.push(at);
      }
      expect(wrong).toEqual([]);
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
    const wrong: number[] = [];
    for (let at = range.from; at < range.to; at += 899_999) {
      const shown = new Date(toWallClock(timezone, at));
      if (pointOf(axis, at) !== ((shown.getUTCDay() + 6) % 7) * 24 + shown.getUTCHours()) wrong.push(at);
    }
    expect(wrong).toEqual([]);
  });
});

it.each([
  // The week begins at 01:00 on 24 April, the next one at midnight.
  ['Africa/Cairo', '2026-04-24', 'friday', '2026-04-30T21:00:00.000Z'],
  // 8 March has no 02:00.
  ['America/New_York', '2026-03-02', 'monday', '2026-03-09T04:00:00.000Z'],
  // The clock jumps from 02:00 to 02:30 on 4 October, so that the hour is half of one.
  ['Australia/Lord_Howe', '2026-09-28', 'monday', '2026-09-27T13:30:00.000Z'],
  // An hour that comes twice is named by its first time.
  ['Europe/Berlin', '2026-10-19', 'monday', '2026-10-18T22:00:00.000Z'],
] as const)(
  'names each hour of the week by an instant of its own (%s, %s)',
  (timezone, from, weekStart, first) => {
    const range = resolveRange({ from, to: from, timezone, weekStart }, 0);
    const { starts } = createAxis(range, 'hourOfWeek', range.to);
    expect(new Date(starts[0] ?? 0).toISOString()).toBe(first);
    const reference = { from: range.from, to: range.to, zone: timezone, weekStart };
    expect(hourOfWeekStarts(reference)).toEqual(starts);
    expect(starts.every((start, hour) => hourOfWeek(reference, start) === hour)).toBe(true);
  },
);
