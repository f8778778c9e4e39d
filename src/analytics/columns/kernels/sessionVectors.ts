import type { PartLayout } from '../table/personTable';
import { firstRowOf, type Sessions } from '../table/sessions';
import type { Codes } from '../table/sharedColumns';
import type { RowMask } from '../scan/rowMask';
import { dayOf, type Day } from './kpis';

/** The first session of each person, and behind the last one the number of sessions. */
export function sessionsOfPeople({ start, people, rows }: PartLayout, sessions: Sessions): Uint32Array {
  const starts = new Uint32Array(people + 1);
  let session = 0;
  for (let person = 0; person < people; person++) {
    starts[person] = session;
    const end = start[person + 1] as number;
    while (session < sessions.count && firstRowOf(sessions, session, rows) < end) session++;
  }
  starts[people] = session;
  return starts;
}

/** The code of the first event of each session. */
export function firstCodes(codes: Codes, sessions: Sessions, rows: number): Codes {
  const { count } = sessions;
  const first =
    codes instanceof Uint8Array
      ? new Uint8Array(count)
      : codes instanceof Uint16Array
        ? new Uint16Array(count)
        : new Uint32Array(count);
  for (let session = 0; session < count; session++) {
    first[session] = codes[firstRowOf(sessions, session, rows)] as number;
  }
  return first;
}

/** The session lies in none of the days; it lies in several, or beyond an edge, so that its rows have to tell. */
export const NO_DAY = -1;
export const SEVERAL_DAYS = -2;

/** The day that each session lies in as a whole, by its number among some days that follow each other. */
export function daysOfSessions({ count, startedAt, durationMs }: Sessions, days: readonly Day[]): Int8Array {
  const bounds = boundsOf(days);
  const from = bounds[0] as number;
  const to = bounds[days.length] as number;
  const own = new Int8Array(count);
  for (let session = 0; session < count; session++) {
    const begin = startedAt.of(session);
    const end = begin + (durationMs[session] as number);
    if (!(end >= from && begin < to)) own[session] = NO_DAY;
    else if (begin < from || end >= to) own[session] = SEVERAL_DAYS;
    else {
      const day = dayOf(bounds, begin);
      own[session] = end < (bounds[day + 1] as number) ? day : SEVERAL_DAYS;
    }
  }
  return own;
}

/** Where each day begins, and the last one ends. */
export function boundsOf(days: readonly Day[]): Float64Array {
  const end = days[days.length - 1]?.end ?? -Infinity;
  return Float64Array.from([...days.map((day) => day.start), end]);
}

/** 1 for the sessions that have a row that passes. */
export function matchingSessions({ count, first, events, apart }: Sessions, mask: RowMask): Uint8Array {
  const rows = mask.length;
  const matches = new Uint8Array(count);
  for (let session = 0; session < count; session++) {
    const begin = first[session] as number;
    const end = begin + (events[session] as number);
    let match = 0;
    for (let place = begin; place < end && match === 0; place++) {
      match = mask[begin < rows ? place : (apart[place - rows] as number)] as number;
    }
    matches[session] = match;
  }
  return matches;
}
