import type { KpiName } from '../../../shared/reports/report';
import type { RowMask } from '../scan/rowMask';
import type { PersonTable } from '../table/personTable';
import type { Sessions } from '../table/sessions';

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
  /** Durations longer than zero, ms, in any order. */
  readonly durations: Float64Array;
  /** How many people were active on so many of the days. */
  readonly usersByDays: Uint32Array;
  /** Who stands behind the KPI asked for: people, or sessions. */
  readonly people: readonly number[];
  readonly listedSessions: readonly number[];
}

/** First of the rows [from, to) at or after an instant. */
export function firstRowAt(at: Float64Array, from: number, to: number, instant: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[middle] as number) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Adds up the KPIs of one range, and finds who stands behind one of them when asked. */
export function sumKpis(scan: KpiScan, listed?: KpiName): KpiSums {
  const events = countEvents(scan, listed);
  const sessions = countSessions(scan, listed);
  const active = countActiveDays(scan, listed === 'stickiness');
  return {
    users: events.users,
    newUsers: events.newUsers,
    events: events.events,
    pageViews: events.pageViews,
    purchases: events.purchases,
    sessions: sessions.count,
    bounces: sessions.bounces,
    sessionMs: sessions.totalMs,
    durations: sessions.durations,
    usersByDays: active.usersByDays,
    people: [...events.listed, ...active.listed],
    listedSessions: sessions.listed,
  };
}

function countEvents(scan: KpiScan, listed: KpiName | undefined) {
  const { table, mask, isPageView, isPurchase, from, to } = scan;
  const { people, start } = table.layout;
  const { at } = table;
  const { codes } = table.text('eventType');
  const totals = { users: 0, newUsers: 0, events: 0, pageViews: 0, purchases: 0, listed: [] as number[] };
  for (let person = 0; person < people; person++) {
    const begin = start[person] as number;
    const end = start[person + 1] as number;
    const firstEver = at[begin] as number;
    if (firstEver >= to || (at[end - 1] as number) < from) continue;
    const first = firstEver >= from ? begin : firstRowAt(at, begin, end, from);
    const last = (at[end - 1] as number) < to ? end : firstRowAt(at, first, end, to);
    let events = 0;
    let pageViews = 0;
    let purchases = 0;
    if (mask === null) {
      events = last - first;
      for (let row = first; row < last; row++) {
        const code = codes[row] as number;
        pageViews += isPageView[code] as number;
        purchases += isPurchase[code] as number;
      }
    } else {
      for (let row = first; row < last; row++) {
        const passes = mask[row] as number;
        const code = codes[row] as number;
        events += passes;
        pageViews += passes & (isPageView[code] as number);
        purchases += passes & (isPurchase[code] as number);
      }
    }
    if (events === 0) continue;
    const isNew = firstEver >= from && firstEver < to;
    totals.users++;
    totals.newUsers += isNew ? 1 : 0;
    totals.events += events;
    totals.pageViews += pageViews;
    totals.purchases += purchases;
    const stands =
      listed === 'users' ||
      listed === 'events' ||
      (listed === 'newUsers' && isNew) ||
      (listed === 'pageViews' && pageViews > 0) ||
      (listed === 'purchases' && purchases > 0);
    if (stands) totals.listed.push(person);
  }
  return totals;
}

function countSessions(scan: KpiScan, listed: KpiName | undefined) {
  const { table, sessions, mask, isPageView, from, to } = scan;
  const { codes } = table.text('eventType');
  const matched = matchedSessions(table.layout.rows, sessions, mask);
  const totals = { count: 0, bounces: 0, totalMs: 0, listed: [] as number[] };
  const durations = new Float64Array(sessions.count);
  let longer = 0;
  for (let session = 0; session < sessions.count; session++) {
    const startedAt = sessions.startedAt[session] as number;
    if (startedAt < from || startedAt >= to || (matched !== null && matched[session] === 0)) continue;
    const duration = (sessions.endedAt[session] as number) - startedAt;
    const isBounce =
      sessions.events[session] === 1 &&
      isPageView[codes[sessions.firstRow[session] as number] as number] === 1;
    totals.count++;
    totals.bounces += isBounce ? 1 : 0;
    totals.totalMs += duration;
    if (duration > 0) durations[longer++] = duration;
    const stands =
      listed === 'sessions' ||
      listed === 'meanSessionSeconds' ||
      (listed === 'medianSessionSeconds' && duration > 0) ||
      (listed === 'bounceRate' && isBounce);
    if (stands) totals.listed.push(session);
  }
  return { ...totals, durations: durations.slice(0, longer) };
}

/** Sessions with a matching event anywhere in them; null: all. */
export function matchedSessions(rows: number, sessions: Sessions, mask: RowMask | null): Uint8Array | null {
  if (mask === null) return null;
  const matched = new Uint8Array(sessions.count);
  const { ofRow } = sessions;
  for (let row = 0; row < rows; row++) if (mask[row] === 1) matched[ofRow[row] as number] = 1;
  return matched;
}

/** On how many of the days each person was active. */
function countActiveDays({ table, mask, days }: KpiScan, isListed: boolean) {
  const { people, start } = table.layout;
  const { at } = table;
  const from = days[0]?.start ?? Infinity;
  const to = days[days.length - 1]?.end ?? -Infinity;
  const usersByDays = new Uint32Array(days.length + 1);
  const listed: number[] = [];
  for (let person = 0; person < people; person++) {
    const begin = start[person] as number;
    const end = start[person + 1] as number;
    if ((at[end - 1] as number) < from) continue;
    let row = (at[begin] as number) >= from ? begin : firstRowAt(at, begin, end, from);
    let active = 0;
    let day = 0;
    let dayEnd = -Infinity;
    for (; row < end; row++) {
      const time = at[row] as number;
      if (time < dayEnd || (mask !== null && mask[row] === 0)) continue;
      if (time >= to) break;
      active++;
      while ((days[day] as Day).end <= time) day++;
      dayEnd = (days[day] as Day).end;
    }
    usersByDays[active] = (usersByDays[active] as number) + 1;
    if (isListed && active > 0) listed.push(person);
  }
  return { usersByDays, listed };
}
