import { describe, expect, it } from 'vitest';
import { hourOfWeekStarts, type ReferenceRange } from '../../analytics/reference/localTime';
import {
  addBuckets,
  addDays,
  bucketIndex,
  bucketsBetween,
  startOfBucket,
  startOfDay,
  startOfHour,
  WEEK_DAYS,
  weekDayOf,
  type Calendar,
  type WeekDay,
} from './calendar';
import { HOUR_MS } from './units';
import { fromWallClock, offsetAt, toWallClock } from './zones';

const at = (iso: string): number => Date.parse(iso);
const iso = (instant: number): string => new Date(instant).toISOString();
const calendarOf = (timezone: string, weekStart: WeekDay = 'monday'): Calendar => ({ timezone, weekStart });
const hoursOf = ({ start, end }: { start: number; end: number }): number => (end - start) / HOUR_MS;

/** Hours in each local day that holds the given noon (UTC). */
function lengthOfDay(timezone: string, date: string): number {
  const [day] = bucketsBetween(calendarOf(timezone), 'day', at(`${date}T12:00:00Z`), at(`${date}T12:00:01Z`));
  return day ? hoursOf(day) : Number.NaN;
}

describe('local days', () => {
  it('last 23 hours when the clock jumps ahead, 25 when it falls back, 24 otherwise', () => {
    expect(lengthOfDay('Europe/Berlin', '2026-03-29')).toBe(23);
    expect(lengthOfDay('Europe/Berlin', '2026-10-25')).toBe(25);
    expect(lengthOfDay('America/New_York', '2026-03-08')).toBe(23);
    expect(lengthOfDay('America/New_York', '2026-11-01')).toBe(25);
    expect(lengthOfDay('Africa/Cairo', '2026-04-24')).toBe(23);
    expect(lengthOfDay('Africa/Cairo', '2026-10-29')).toBe(25);
    expect(lengthOfDay('Asia/Kolkata', '2026-03-29')).toBe(24);
  });

  it('last 23½ and 24½ hours where the clock moves by half an hour', () => {
    expect(lengthOfDay('Australia/Lord_Howe', '2026-10-04')).toBe(23.5);
    expect(lengthOfDay('Australia/Lord_Howe', '2026-04-05')).toBe(24.5);
  });

  it('begin at one o’clock when midnight is skipped', () => {
    // Cairo's clock goes from Friday 00:00 straight to 01:00.
    expect(iso(startOfDay('Africa/Cairo', at('2026-04-24T12:00:00Z')))).toBe('2026-04-23T22:00:00.000Z');
    expect(toWallClock('Africa/Cairo', at('2026-04-23T22:00:00Z'))).toBe(at('2026-04-24T01:00:00Z'));
  });

  it('do not begin a second time when the hour before midnight is repeated', () => {
    // On Thursday at 24:00 Cairo's clock goes back to 23:00 of the same Thursday.
    const thursday = startOfDay('Africa/Cairo', at('2026-10-29T12:00:00Z'));
    const friday = addDays('Africa/Cairo', thursday, 1);
    expect(iso(friday)).toBe('2026-10-29T22:00:00.000Z');
    expect(startOfDay('Africa/Cairo', friday - 1)).toBe(thursday);
  });

  it('follow the bundled zone data: Cairo has summer time in July 2026', () => {
    expect(offsetAt('Africa/Cairo', at('2026-07-10T21:30:00Z'))).toBe(3 * HOUR_MS);
    expect(iso(startOfDay('Africa/Cairo', at('2026-07-10T21:30:00Z')))).toBe('2026-07-10T21:00:00.000Z');
  });
});

describe('a wall-clock reading', () => {
  it('that occurs twice means the first time', () => {
    expect(iso(fromWallClock('Europe/Berlin', at('2026-10-25T02:30:00Z')))).toBe('2026-10-25T00:30:00.000Z');
    expect(iso(fromWallClock('Australia/Lord_Howe', at('2026-04-05T01:45:00Z')))).toBe(
      '2026-04-04T14:45:00.000Z',
    );
  });

  it('that is skipped means the instant of the jump', () => {
    expect(iso(fromWallClock('Europe/Berlin', at('2026-03-29T02:30:00Z')))).toBe('2026-03-29T01:00:00.000Z');
    expect(iso(fromWallClock('Australia/Lord_Howe', at('2026-10-04T02:15:00Z')))).toBe(
      '2026-10-03T15:30:00.000Z',
    );
  });
});

describe('local hours', () => {
  it('begin at full wall-clock hours, also where the offset is not a whole hour', () => {
    expect(iso(startOfHour('Asia/Kolkata', at('2026-03-01T10:45:00Z')))).toBe('2026-03-01T10:30:00.000Z');
    expect(iso(startOfHour('Australia/Lord_Howe', at('2026-06-01T10:45:00Z')))).toBe(
      '2026-06-01T10:30:00.000Z',
    );
  });

  it('count a repeated hour by itself', () => {
    const night = bucketsBetween(
      calendarOf('Europe/Berlin'),
      'hour',
      at('2026-10-24T23:00:00Z'),
      at('2026-10-25T03:00:00Z'),
    );
    expect(night.map(({ start }) => iso(start))).toEqual([
      '2026-10-24T23:00:00.000Z',
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T02:00:00.000Z',
    ]);
  });

  it('are cut where the clock jumps by half an hour', () => {
    const spring = bucketsBetween(
      calendarOf('Australia/Lord_Howe'),
      'hour',
      at('2026-10-03T14:30:00Z'),
      at('2026-10-03T17:00:00Z'),
    );
    expect(spring.map(hoursOf)).toEqual([1, 0.5, 1]);
    const autumn = bucketsBetween(
      calendarOf('Australia/Lord_Howe'),
      'hour',
      at('2026-04-04T14:00:00Z'),
      at('2026-04-04T16:30:00Z'),
    );
    expect(autumn.map(hoursOf)).toEqual([1, 0.5, 1]);
  });
});

describe('weeks', () => {
  it('begin on the day that is set', () => {
    const sunday = at('2026-03-01T12:00:00Z');
    const start = (weekStart: WeekDay): string =>
      iso(startOfBucket(calendarOf('UTC', weekStart), 'week', sunday)).slice(0, 10);
    expect(start('monday')).toBe('2026-02-23');
    expect(start('sunday')).toBe('2026-03-01');
    expect(start('saturday')).toBe('2026-02-28');
  });

  it('know the weekday of dates before 1970 too', () => {
    expect(WEEK_DAYS[weekDayOf(at('1969-12-31T00:00:00Z'))]).toBe('wednesday');
    expect(WEEK_DAYS[weekDayOf(at('1970-01-01T00:00:00Z'))]).toBe('thursday');
  });
});

describe('months', () => {
  it('follow each other whatever their length', () => {
    const berlin = calendarOf('Europe/Berlin');
    const january = startOfBucket(berlin, 'month', at('2026-01-31T22:00:00Z'));
    expect(iso(january)).toBe('2025-12-31T23:00:00.000Z');
    expect(iso(addBuckets(berlin, 'month', january, 1))).toBe('2026-01-31T23:00:00.000Z');
    expect(iso(addBuckets(berlin, 'month', january, 3))).toBe('2026-03-31T22:00:00.000Z');
    expect(iso(addBuckets(berlin, 'month', january, -1))).toBe('2025-11-30T23:00:00.000Z');
  });
});

describe('buckets', () => {
  it('hold every instant in exactly one', () => {
    const buckets = bucketsBetween(
      calendarOf('Africa/Cairo'),
      'day',
      at('2026-04-20T12:00:00Z'),
      at('2026-05-01T12:00:00Z'),
    );
    buckets.forEach(({ start, end }, index) => {
      expect(bucketIndex(buckets, start)).toBe(index);
      expect(bucketIndex(buckets, end - 1)).toBe(index);
      expect(buckets[index + 1]?.start ?? end).toBe(end);
    });
    expect(bucketIndex(buckets, (buckets[0]?.start ?? 0) - 1)).toBe(-1);
    expect(bucketIndex(buckets, buckets[buckets.length - 1]?.end ?? 0)).toBe(-1);
    expect(bucketIndex([], 0)).toBe(-1);
  });

  it('of an empty range are none', () => {
    expect(
      bucketsBetween(calendarOf('UTC'), 'day', at('2026-01-02T00:00:00Z'), at('2026-01-02T00:00:00Z')),
    ).toEqual([]);
  });
});

describe('the reference’s hours of the week', () => {
  it('are 168 ascending instants of one week', () => {
    const range: ReferenceRange = {
      from: at('2026-03-31T10:00:00Z'),
      to: at('2026-04-01T00:00:00Z'),
      zone: 'Europe/Berlin',
      weekStart: 'monday',
    };
    const starts = hourOfWeekStarts(range);
    expect(starts).toHaveLength(168);
    expect(iso(starts[0] ?? 0)).toBe('2026-03-29T22:00:00.000Z');
    expect(starts.every((start, index) => index === 0 || start > (starts[index - 1] ?? 0))).toBe(true);
  });
});
