import { z } from 'zod';
import { strictObject } from '../strictObject';
import { addDays, startOfDay, WEEK_DAYS, type Calendar } from './calendar';
import { DAY_MS, HOUR_MS } from './units';
import { fromWallClock, isZone } from './zones';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
const LAST = /^([1-9]\d{0,4})([dh])$/;

/** The longest range a report may ask for. */
export const MAX_RANGE_DAYS = 36_600;

const isRealDate = (text: string): boolean => {
  const date = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text.slice(0, 10));
};

const edge = z
  .string()
  .refine(
    (text) =>
      (DATE.test(text) || INSTANT.test(text)) &&
      isRealDate(text) &&
      (DATE.test(text) || !Number.isNaN(Date.parse(text))),
    {
      error: 'allowed is a date like 2026-01-31 or an instant like 2026-01-31T09:00:00Z',
    },
  );

const timezone = z
  .string()
  .default('UTC')
  .refine(isZone, { error: 'unknown time zone; allowed is an IANA name like Europe/Berlin' });

const weekStart = z.enum(WEEK_DAYS).default('monday');

const fixedRange = strictObject({ from: edge, to: edge, timezone, weekStart }).superRefine(
  (range, context) => {
    if (DATE.test(range.from) !== DATE.test(range.to)) {
      context.addIssue({
        code: 'custom',
        path: ['to'],
        message: '"from" and "to" must both be dates or both be instants',
      });
      return;
    }
    const dates = DATE.test(range.from);
    const from = Date.parse(range.from);
    const to = Date.parse(range.to);
    if (dates ? from > to : from >= to) {
      context.addIssue({
        code: 'custom',
        path: ['to'],
        message: dates ? 'the range ends before it begins' : 'the range must end after it begins',
      });
    }
    if (to - from > MAX_RANGE_DAYS * DAY_MS) {
      context.addIssue({
        code: 'custom',
        path: ['to'],
        message: `a range spans at most ${MAX_RANGE_DAYS} days`,
      });
    }
  },
);

const lastRange = strictObject({
  last: z
    .string()
    .regex(LAST, { error: 'allowed is a count of days or hours like "30d" or "24h"' })
    .refine(
      (text) => {
        const match = LAST.exec(text);
        if (!match) return true;
        return Number(match[1]) <= (match[2] === 'h' ? MAX_RANGE_DAYS * 24 : MAX_RANGE_DAYS);
      },
      { error: `at most ${MAX_RANGE_DAYS} days` },
    ),
  timezone,
  weekStart,
});

/** A report's range as it stands in the file. */
export const rangeSchema = z.union([fixedRange, lastRange], {
  error: 'needed is { "from", "to", "timezone" } or { "last": "30d", "timezone" }',
});
export type RangeInput = z.infer<typeof rangeSchema>;

/** A range as instants: `from` inclusive, `to` exclusive, ms. */
export interface ResolvedRange {
  readonly from: number;
  readonly to: number;
  /** `days`: whole local days, so that it steps by days; `instants`: steps by milliseconds. */
  readonly unit: 'days' | 'instants';
  readonly calendar: Calendar;
}

const parseDate = (text: string): number => Date.parse(`${text}T00:00:00Z`);

/** Turns a range into instants. `now` in ms. */
export function resolveRange(range: RangeInput, now: number): ResolvedRange {
  const calendar: Calendar = { timezone: range.timezone, weekStart: range.weekStart };
  if ('last' in range) {
    const [, count, unit] = LAST.exec(range.last) ?? [];
    if (unit === 'h') return { from: now - Number(count) * HOUR_MS, to: now, unit: 'instants', calendar };
    const today = startOfDay(calendar.timezone, now);
    return {
      from: addDays(calendar.timezone, today, 1 - Number(count)),
      to: addDays(calendar.timezone, today, 1),
      unit: 'days',
      calendar,
    };
  }
  if (!DATE.test(range.from)) {
    return { from: Date.parse(range.from), to: Date.parse(range.to), unit: 'instants', calendar };
  }
  return {
    from: fromWallClock(calendar.timezone, parseDate(range.from)),
    to: fromWallClock(calendar.timezone, parseDate(range.to) + DAY_MS),
    unit: 'days',
    calendar,
  };
}

/** Local days in a range of whole days. */
function countDays(range: ResolvedRange): number {
  return Math.round((range.to - range.from) / DAY_MS);
}

/**
 * The period a range is compared with. `previous`: the same length directly before (whole local days for
 * dates, the same milliseconds for instants). `previousSameWeekday`: as many whole weeks earlier as it
 * takes not to overlap.
 */
export function comparedRange(
  range: ResolvedRange,
  compare: 'previous' | 'previousSameWeekday',
): ResolvedRange {
  const { timezone } = range.calendar;
  if (range.unit === 'days') {
    const days = countDays(range);
    const back = compare === 'previous' ? days : Math.ceil(days / 7) * 7;
    return { ...range, from: addDays(timezone, range.from, -back), to: addDays(timezone, range.to, -back) };
  }
  const length = range.to - range.from;
  const back = compare === 'previous' ? length : Math.ceil(length / (7 * DAY_MS)) * 7 * DAY_MS;
  return { ...range, from: range.from - back, to: range.to - back };
}
