import type { RowMask } from '../scan/rowMask';
import type { Sessions } from '../table/sessions';
import type { Codes } from '../table/sharedColumns';
import { dayOf, durationBin, DURATION_BINS, type KpiScan, type KpiSums } from './kpis';
import { boundsOf, SEVERAL_DAYS } from './sessionVectors';

/** What passes a report's filters in a table. */
export interface Passing {
  /** 1 for the sessions with a row that passes; null: all. */
  readonly matches: Uint8Array | null;
  /** How many rows that pass have each event type. */
  readonly typeTotals: Uint32Array;
}

/** What is known of the sessions of a table beforehand, or kept. */
export interface KnownSessions extends Passing {
  /** First session of each person, and the number of sessions. */
  readonly ofPeople: Uint32Array;
  /** Event type of the first event of each. */
  readonly firstCodes: Codes;
  /** The day that each lies in; see `daysOfSessions`. */
  readonly days: Int8Array;
}

/** How many rows that pass have each code; two tables take rows in turn, since neighbours often are equal. */
export function countPassing(codes: Codes, mask: RowMask, codeCount: number): Uint32Array {
  const counts = new Uint32Array(codeCount);
  const others = new Uint32Array(codeCount);
  const even = mask.length & ~1;
  for (let row = 0; row < even; row += 2) {
    const one = codes[row] as number;
    counts[one] = (counts[one] as number) + (mask[row] as number);
    const two = codes[row + 1] as number;
    others[two] = (others[two] as number) + (mask[row + 1] as number);
  }
  if (even < mask.length) {
    const last = codes[even] as number;
    counts[last] = (counts[last] as number) + (mask[even] as number);
  }
  return counts.map((count, code) => count + (others[code] as number));
}

function countBits(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Room for durations, reused from part to part: a thread scans one after the other. */
let scratch = new Uint32Array(0);

function room(durationMs: Sessions['durationMs']): Sessions['durationMs'] {
  if (durationMs instanceof Float64Array) return new Float64Array(durationMs.length);
  if (scratch.length < durationMs.length) scratch = new Uint32Array(durationMs.length);
  return scratch;
}

/** Adds up what sessions say on their own, without a branch for each. */
function addSessions(
  { sessions, isPageView }: KpiScan,
  { matches, firstCodes }: KnownSessions,
): Pick<KpiSums, 'sessions' | 'bounces' | 'sessionMs' | 'durations' | 'durationBins'> {
  const { count, events, durationMs } = sessions;
  const durationBins = new Uint32Array(DURATION_BINS);
  const durations = room(durationMs);
  let sessionCount = 0;
  let bounces = 0;
  let sessionMs = 0;
  let longer = 0;
  for (let session = 0; session < count; session++) {
    const counts = matches === null ? 1 : (matches[session] as number);
    const duration = durationMs[session] as number;
    sessionCount += counts;
    sessionMs += counts * duration;
    // One event alone: two is the least number that leaves the sign bit clear.
    const isSingle = ((events[session] as number) - 2) >>> 31;
    bounces += counts & isSingle & (isPageView[firstCodes[session] as number] as number);
    // Written over by the next one unless it counts.
    durations[longer] = duration;
    const isLonger = duration > 0 ? counts : 0;
    longer += isLonger;
    const bin = durationBin(duration);
    durationBins[bin] = (durationBins[bin] as number) + isLonger;
  }
  return { sessions: sessionCount, bounces, sessionMs, durations: durations.slice(0, longer), durationBins };
}

/** Days on which a session that lies in several has rows that pass, a bit each. */
function daysOfRows({ sessions, table, mask }: KpiScan, session: number, bounds: Float64Array): number {
  const { first, events, apart } = sessions;
  const { at, layout } = table;
  const place = first[session] as number;
  const from = bounds[0] as number;
  const to = bounds[bounds.length - 1] as number;
  let days = 0;
  for (let index = place; index < place + (events[session] as number); index++) {
    const row = place < layout.rows ? index : (apart[index - layout.rows] as number);
    const time = at.of(row);
    if (time < from || time >= to || (mask !== null && mask[row] === 0)) continue;
    days |= 1 << dayOf(bounds, time);
  }
  return days;
}

/**
 * What `sumKpis` says, unlisted, where every row of the table lies in the range: then sessions count as a whole, by
 * whether one of their rows passes, and whoever counts is new.
 */
export function sumKpisWithin(scan: KpiScan, known: KnownSessions): KpiSums {
  const { table, isPageView, isPurchase } = scan;
  const { people } = table.layout;
  const { ofPeople, days, matches, typeTotals } = known;
  const bounds = boundsOf(scan.days);
  const usersByDays = new Uint32Array(scan.days.length + 1);
  let users = 0;
  for (let person = 0; person < people; person++) {
    const end = ofPeople[person + 1] as number;
    let activeDays = 0;
    let isUser = matches === null ? 1 : 0;
    for (let session = ofPeople[person] as number; session < end; session++) {
      const counts = matches === null ? 1 : (matches[session] as number);
      isUser |= counts;
      const day = days[session] as number;
      if (day === SEVERAL_DAYS) activeDays |= daysOfRows(scan, session, bounds);
      // No day is −1: a shift by 31, to a bit that is not counted.
      else activeDays |= counts << (day & 31);
    }
    const active = countBits(activeDays & 0x7fffffff);
    usersByDays[active] = (usersByDays[active] as number) + 1;
    users += isUser;
  }
  let events = 0;
  let pageViews = 0;
  let purchases = 0;
  for (let code = 0; code < typeTotals.length; code++) {
    const occurs = typeTotals[code] as number;
    events += occurs;
    pageViews += occurs * (isPageView[code] as number);
    purchases += occurs * (isPurchase[code] as number);
  }
  return {
    ...addSessions(scan, known),
    users,
    newUsers: users,
    events,
    pageViews,
    purchases,
    usersByDays,
    people: [],
    listedSessions: [],
  };
}
