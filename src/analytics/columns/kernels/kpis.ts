import type { KpiName } from '../../../shared/reports/report';
import { DAY_MS } from '../../../shared/time/units';
import type { RowMask } from '../scan/rowMask';
import type { Codes } from '../table/sharedColumns';
import type { PersonTable } from '../table/personTable';
import type { Sessions } from '../table/sessions';
import { firstRowAt } from './firstRowAt';

/** A local day, ms. */
export interface Day {
  readonly start: number;
  readonly end: number;
}

export interface KpiScan {
  readonly table: PersonTable;
  readonly sessions: Sessions;
  /** Rows that pass the filters; null: all. */
  readonly mask: RowMask | null;
  /** Codes of the event types that have each role: 1 for those that do. */
  readonly isPageView: Uint8Array;
  readonly isPurchase: Uint8Array;
  /** Instants, ms. */
  readonly from: number;
  readonly to: number;
  /** The 30 local days that end with the range, in order. */
  readonly days: readonly Day[];
}

/** The KPIs of a stretch of people, as sums that add up. */
export interface KpiSums {
  readonly users: number;
  readonly newUsers: number;
  readonly events: number;
  readonly pageViews: number;
  readonly purchases: number;
  readonly sessions: number;
  readonly bounces: number;
  /** Durations of all sessions together, ms. */
  readonly sessionMs: number;
  /** Durations longer than zero, ms, in any order; and how many of them each bin holds. */
  readonly durations: Sessions['durationMs'];
  readonly durationBins: Uint32Array;
  /** How many people were active on so many of the days. */
  readonly usersByDays: Uint32Array;
  /** Who stands behind the KPI asked for: people, or sessions. */
  readonly people: readonly number[];
  readonly listedSessions: readonly number[];
}

/** Bins of durations: about a second each, the last one taking all that are longer than an hour or so. */
export const DURATION_BINS = 4096;
const BIN_MS = 1024;

/** The bin of a duration, whole ms; bins have the order of their durations. */
export function durationBin(durationMs: number): number {
  return durationMs < DURATION_BINS * BIN_MS ? (durationMs / BIN_MS) | 0 : DURATION_BINS - 1;
}

/** The durations of a bin: from the first to before the second. */
export function durationsOfBin(bin: number): readonly [from: number, to: number] {
  return [bin * BIN_MS, bin === DURATION_BINS - 1 ? Infinity : (bin + 1) * BIN_MS];
}

/** Whether a session has a matching event anywhere in it. @param rows how many rows there are */
export function hasMatch(
  { first, events, apart }: Sessions,
  session: number,
  mask: RowMask | null,
  rows: number,
): boolean {
  if (mask === null) return true;
  const begin = first[session] as number;
  const end = begin + (events[session] as number);
  for (let place = begin; place < end; place++) {
    if (mask[begin < rows ? place : (apart[place - rows] as number)] === 1) return true;
  }
  return false;
}

/** How often each code occurs in the rows [from, to); two tables take rows in turn, since neighbours often are equal. */
function countCodes(codes: Codes, from: number, to: number, counts: Uint32Array, others: Uint32Array): void {
  let row = from;
  for (; row + 1 < to; row += 2) {
    const one = codes[row] as number;
    counts[one] = (counts[one] as number) + 1;
    const two = codes[row + 1] as number;
    others[two] = (others[two] as number) + 1;
  }
  if (row < to) {
    const last = codes[row] as number;
    counts[last] = (counts[last] as number) + 1;
  }
}

/** The number of the day an instant of the days lies in. @param bounds where each day begins, and the last one ends */
export function dayOf(bounds: Float64Array, instant: number): number {
  let day = Math.floor((instant - (bounds[0] as number)) / DAY_MS);
  while (instant < (bounds[day] as number)) day--;
  while (instant >= (bounds[day + 1] as number)) day++;
  return day;
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/**
 * Adds up the KPIs of one range, and finds who stands behind one of them when asked. Sessions are visited person
 * after person: one that lies in the range and within one day is decided as a whole, and only those on an edge look
 * at their rows' times.
 */
export function sumKpis(scan: KpiScan, listed?: KpiName): KpiSums {
  const { table, sessions, mask, isPageView, isPurchase, from, to, days } = scan;
  const { people, start, rows } = table.layout;
  const { at } = table;
  const { codes } = table.text('eventType');
  const { count, first, events, apart, startedAt, durationMs } = sessions;
  const bounds = Float64Array.from([
    ...days.map((day) => day.start),
    days[days.length - 1]?.end ?? -Infinity,
  ]);
  const daysFrom = days[0]?.start ?? Infinity;
  const daysTo = bounds[days.length] as number;
  const earliest = Math.min(from, daysFrom);
  const latest = Math.max(to, daysTo);
  const counts = new Uint32Array(isPageView.length);
  const others = new Uint32Array(isPageView.length);
  const durations = durationMs.slice();
  const durationBins = new Uint32Array(DURATION_BINS);
  const usersByDays = new Uint32Array(days.length + 1);
  const found = { people: [] as number[], sessions: [] as number[] };
  let users = 0;
  let newUsers = 0;
  let sessionCount = 0;
  let bounces = 0;
  let sessionMs = 0;
  let longer = 0;
  // Rows of neighbouring sessions that count as a whole.
  let runFrom = 0;
  let runTo = 0;
  let session = 0;
  for (let person = 0; person < people; person++) {
    const personEnd = start[person + 1] as number;
    const firstEver = startedAt.of(session);
    let isUser = 0;
    let activeDays = 0;
    for (; session < count; session++) {
      const place = first[session] as number;
      const isTogether = place < rows;
      if ((isTogether ? place : (apart[place - rows] as number)) >= personEnd) break;
      const begin = startedAt.of(session);
      const duration = durationMs[session] as number;
      const end = begin + duration;
      if (end < earliest || begin >= latest) continue;
      const placeEnd = place + (events[session] as number);
      let matches = 1;
      if (begin >= from && end < to) {
        if (mask === null && isTogether) {
          if (runTo !== place) {
            countCodes(codes, runFrom, runTo, counts, others);
            runFrom = place;
          }
          runTo = placeEnd;
        } else if (mask !== null && isTogether) {
          matches = 0;
          for (let row = place; row < placeEnd; row++) {
            const passes = mask[row] as number;
            const code = codes[row] as number;
            matches |= passes;
            counts[code] = (counts[code] as number) + passes;
          }
        } else {
          matches = 0;
          for (let index = place; index < placeEnd; index++) {
            const row = apart[index - rows] as number;
            const passes = mask === null ? 1 : (mask[row] as number);
            const code = codes[row] as number;
            matches |= passes;
            counts[code] = (counts[code] as number) + passes;
          }
        }
        isUser |= matches;
      } else {
        if (mask !== null) matches = hasMatch(sessions, session, mask, rows) ? 1 : 0;
        if (matches === 1 && end >= from && begin < to) {
          for (let index = place; index < placeEnd; index++) {
            const row = isTogether ? index : (apart[index - rows] as number);
            const time = at.of(row);
            if (time < from || time >= to || (mask !== null && mask[row] === 0)) continue;
            const code = codes[row] as number;
            counts[code] = (counts[code] as number) + 1;
            isUser = 1;
          }
        }
      }
      if (matches === 0) continue;
      if (begin >= from && begin < to) {
        const isBounce =
          placeEnd - place === 1 &&
          isPageView[codes[isTogether ? place : (apart[place - rows] as number)] as number] === 1;
        sessionCount++;
        bounces += isBounce ? 1 : 0;
        sessionMs += duration;
        if (duration > 0) {
          durations[longer++] = duration;
          const bin = durationBin(duration);
          durationBins[bin] = (durationBins[bin] as number) + 1;
        }
        if (listed === undefined) {
          // Nobody asks who it is.
        } else if (
          listed === 'sessions' ||
          listed === 'meanSessionSeconds' ||
          (listed === 'medianSessionSeconds' && duration > 0) ||
          (listed === 'bounceRate' && isBounce)
        ) {
          found.sessions.push(session);
        }
      }
      if (end < daysFrom || begin >= daysTo) continue;
      if (begin >= daysFrom && end < daysTo) {
        const day = dayOf(bounds, begin);
        if (end < (bounds[day + 1] as number)) {
          activeDays |= 1 << day;
          continue;
        }
      }
      for (let index = place; index < placeEnd; index++) {
        const row = isTogether ? index : (apart[index - rows] as number);
        const time = at.of(row);
        if (time < daysFrom || time >= daysTo || (mask !== null && mask[row] === 0)) continue;
        activeDays |= 1 << dayOf(bounds, time);
      }
    }
    const active = countBits(activeDays);
    usersByDays[active] = (usersByDays[active] as number) + 1;
    if (listed === 'stickiness' && active > 0) found.people.push(person);
    if (isUser === 0) continue;
    const isNew = firstEver >= from && firstEver < to;
    users++;
    newUsers += isNew ? 1 : 0;
    if (listed === 'users' || listed === 'events' || (listed === 'newUsers' && isNew))
      found.people.push(person);
    else if (listed === 'pageViews' && hasRole(scan, person, isPageView)) found.people.push(person);
    else if (listed === 'purchases' && hasRole(scan, person, isPurchase)) found.people.push(person);
  }
  countCodes(codes, runFrom, runTo, counts, others);
  let eventCount = 0;
  let pageViews = 0;
  let purchases = 0;
  for (let code = 0; code < counts.length; code++) {
    const occurs = (counts[code] as number) + (others[code] as number);
    eventCount += occurs;
    pageViews += occurs * (isPageView[code] as number);
    purchases += occurs * (isPurchase[code] as number);
  }
  return {
    users,
    newUsers,
    events: eventCount,
    pageViews,
    purchases,
    sessions: sessionCount,
    bounces,
    sessionMs,
    durations: durations.slice(0, longer),
    durationBins,
    usersByDays,
    people: found.people,
    listedSessions: found.sessions,
  };
}

/** Whether a person has a matching event of a role in the range. */
function hasRole({ table, mask, from, to }: KpiScan, person: number, role: Uint8Array): boolean {
  const { start } = table.layout;
  const { at } = table;
  const { codes } = table.text('eventType');
  const end = start[person + 1] as number;
  for (let row = firstRowAt(at, start[person] as number, end, from); row < end; row++) {
    if (at.of(row) >= to) break;
    if ((mask === null || mask[row] === 1) && role[codes[row] as number] === 1) return true;
  }
  return false;
}
