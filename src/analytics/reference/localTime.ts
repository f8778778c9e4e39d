import moment from 'moment-timezone';
import { WEEK_DAYS, type CalendarInterval, type WeekDay } from '../../shared/time/calendar';
import type { RangeInput } from '../../shared/time/range';

/**
 * The calendar, told by looking: an instant's local date is its UTC date after adding the zone's offset, and a
 * bucket is the run of quarter hours that show the same date (hour, week, month). Nothing is computed ahead.
 */

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A stretch of time: start inclusive, end exclusive, instants in ms. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A range as instants, and as local dates when it was given in whole days. */
export interface ReferenceRange {
  readonly from: number;
  readonly to: number;
  readonly zone: string;
  readonly weekStart: WeekDay;
  /** First and last local date, when the range is one of whole days. */
  readonly dates?: { readonly first: string; readonly last: string };
}

const zones = new Map<string, moment.MomentZone>();

function offsetOf(zone: string, instant: number): number {
  const data = zones.get(zone) ?? moment.tz.zone(zone);
  if (data === null) throw new RangeError(`Unknown zone ${zone}`);
  zones.set(zone, data);
  return -data.utcOffset(instant) * MINUTE;
}

/** What the wall shows: a date whose UTC fields are the local ones. */
function wall(zone: string, instant: number): Date {
  return new Date(instant + offsetOf(zone, instant));
}

/** Local date of an instant, as 2026-01-31. */
export function localDate(zone: string, instant: number): string {
  return wall(zone, instant).toISOString().slice(0, 10);
}

/** A date some days later. */
export function shiftDate(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / DAY);
}

/** The first instant whose local date is the given one or a later one. */
export function startOfDate(zone: string, date: string): number {
  let instant = Date.parse(`${date}T00:00:00Z`) - 30 * HOUR;
  while (localDate(zone, instant) < date) instant += QUARTER;
  return instant;
}

/** Which day of the week a local date is, 0 = the day on which weeks start. */
function dayOfWeek(date: string, weekStart: WeekDay): number {
  const sunday0 = new Date(`${date}T00:00:00Z`).getUTCDay();
  const monday0 = (sunday0 + 6) % 7;
  return (monday0 - WEEK_DAYS.indexOf(weekStart) + 7) % 7;
}

/** The name of the calendar unit an instant lies in: equal names, same unit. */
function unitName(zone: string, weekStart: WeekDay, interval: CalendarInterval, instant: number): string {
  const shown = wall(zone, instant).toISOString();
  const date = shown.slice(0, 10);
  if (interval === 'hour') return `${shown.slice(0, 13)} at offset ${offsetOf(zone, instant)}`;
  if (interval === 'day') return date;
  if (interval === 'month') return date.slice(0, 7);
  return shiftDate(date, -dayOfWeek(date, weekStart));
}

/** The calendar unit that holds an instant, found by walking quarter hours both ways. */
export function spanAround(
  range: Pick<ReferenceRange, 'zone' | 'weekStart'>,
  interval: CalendarInterval,
  instant: number,
): Span {
  const key = [range.zone, range.weekStart, interval, Math.floor(instant / QUARTER)].join(' ');
  const known = walkedSpans.get(key);
  if (known) return known;
  const span = walkSpan(range, interval, instant);
  if (walkedSpans.size > 100_000) walkedSpans.clear();
  walkedSpans.set(key, span);
  return span;
}

/** Spans already walked, so that a run of many reports need not walk them again. */
const walkedSpans = new Map<string, Span>();

function walkSpan(
  range: Pick<ReferenceRange, 'zone' | 'weekStart'>,
  interval: CalendarInterval,
  instant: number,
): Span {
  const name = unitName(range.zone, range.weekStart, interval, instant);
  const same = (at: number): boolean => unitName(range.zone, range.weekStart, interval, at) === name;
  let start = Math.floor(instant / QUARTER) * QUARTER;
  while (same(start - QUARTER)) start -= QUARTER;
  let end = start + QUARTER;
  while (same(end)) end += QUARTER;
  return { start, end };
}

/** All calendar units that touch [from, to), in order. */
export function spansBetween(range: ReferenceRange, interval: CalendarInterval): readonly Span[] {
  const spans: Span[] = [];
  let at = range.from;
  while (at < range.to) {
    const span = spanAround(range, interval, at);
    spans.push(span);
    at = span.end;
  }
  return spans;
}

/** The slot of the week (0…167) whose local weekday and hour an instant shows. */
export function hourOfWeek(range: ReferenceRange, instant: number): number {
  const shown = wall(range.zone, instant).toISOString();
  return dayOfWeek(shown.slice(0, 10), range.weekStart) * 24 + Number(shown.slice(11, 13));
}

/**
 * For each of the 168 slots: the first instant at which the clock shows its hour in the week holding `from`, or in
 * the first later week that has an instant for all of them.
 */
export function hourOfWeekStarts(range: ReferenceRange): readonly number[] {
  for (let week = spanAround(range, 'week', range.from); ; week = spanAround(range, 'week', week.end)) {
    const first = new Map<number, number>();
    for (let instant = week.start; instant < week.end; instant += QUARTER) {
      const slot = hourOfWeek(range, instant);
      if (!first.has(slot)) first.set(slot, instant);
    }
    if (first.size === 168) return [...first].sort(([a], [b]) => a - b).map(([, instant]) => instant);
  }
}

/** What a range in a report means at `now` (ms). */
export function readRange(range: RangeInput, now: number): ReferenceRange {
  const zone = range.timezone;
  const settings = { zone, weekStart: range.weekStart };
  const ofDates = (first: string, last: string): ReferenceRange => ({
    ...settings,
    from: startOfDate(zone, first),
    to: startOfDate(zone, shiftDate(last, 1)),
    dates: { first, last },
  });
  if ('last' in range) {
    const count = Number.parseInt(range.last, 10);
    if (range.last.endsWith('h')) return { ...settings, from: now - count * HOUR, to: now };
    const today = localDate(zone, now);
    return ofDates(shiftDate(today, 1 - count), today);
  }
  if (!range.from.includes('T')) return ofDates(range.from, range.to);
  return { ...settings, from: Date.parse(range.from), to: Date.parse(range.to) };
}

/** The range that a range is compared with. */
export function readComparedRange(
  range: ReferenceRange,
  compare: 'previous' | 'previousSameWeekday',
): ReferenceRange {
  const settings = { zone: range.zone, weekStart: range.weekStart };
  if (range.dates === undefined) {
    const length = range.to - range.from;
    let back = length;
    if (compare === 'previousSameWeekday') {
      back = 0;
      while (back < length) back += 7 * DAY;
    }
    return { ...settings, from: range.from - back, to: range.to - back };
  }
  const days = daysBetween(range.dates.first, range.dates.last) + 1;
  let back = days;
  if (compare === 'previousSameWeekday') {
    back = 0;
    while (back < days) back += 7;
  }
  const first = shiftDate(range.dates.first, -back);
  const last = shiftDate(range.dates.last, -back);
  return {
    ...settings,
    from: startOfDate(range.zone, first),
    to: startOfDate(range.zone, shiftDate(last, 1)),
    dates: { first, last },
  };
}
