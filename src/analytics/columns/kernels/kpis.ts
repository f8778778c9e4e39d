import type { KpiName } from '../../../shared/reports/report';
import type { KpiFigures } from '../../../shared/reports/result';
import { bucketIndex, type Bucket } from '../../../shared/time/calendar';
import { nearestRank, rate, roundSum } from '../../kernels/numbers';
import type { RowMask } from '../scan/rowMask';
import type { EventTable } from '../table/eventTable';
import type { Sessions } from '../table/sessions';

export interface KpiScan {
  readonly table: EventTable;
  readonly sessions: Sessions;
  /** Rows that pass the filters; null: all. */
  readonly mask: RowMask | null;
  readonly pageViews: RowMask;
  readonly purchases: RowMask;
  /** Instants, ms. */
  readonly from: number;
  readonly to: number;
  /** The 30 local days that end with the range, in order. */
  readonly days: readonly Bucket[];
}

/** Which people, or sessions, stand behind a KPI. */
export interface KpiList {
  readonly people: readonly number[];
  readonly sessions: readonly number[];
}

/** The KPIs of one range, and who stands behind one of them when asked. */
export function scanKpis(scan: KpiScan, listed?: KpiName): { figures: KpiFigures; list: KpiList } {
  const events = countEvents(scan, listed);
  const sessions = countSessions(scan, listed);
  const active = countActiveDays(scan, listed === 'stickiness');
  const { activeDays, personDays, people } = active;
  return {
    figures: {
      users: events.users,
      newUsers: events.newUsers,
      sessions: sessions.count,
      events: events.events,
      pageViews: events.pageViews,
      purchases: events.purchases,
      bounceRate: rate(sessions.bounces, sessions.count),
      meanSessionSeconds: sessions.count === 0 ? null : roundSum(sessions.totalMs / sessions.count / 1000),
      medianSessionSeconds: sessions.medianMs === null ? null : sessions.medianMs / 1000,
      stickiness: rate(personDays, scan.days.length * people),
      activeDays,
    },
    list: {
      people: [...events.listed, ...active.listed].sort((a, b) => a - b),
      sessions: sessions.listed,
    },
  };
}

function countEvents(
  { table, mask, pageViews: isPageView, purchases: isPurchase, from, to }: KpiScan,
  listed: KpiName | undefined,
) {
  const { people, start } = table.layout;
  const { at } = table;
  const totals = { users: 0, newUsers: 0, events: 0, pageViews: 0, purchases: 0, listed: [] as number[] };
  for (let person = 0; person < people; person++) {
    const first = start[person] as number;
    const end = start[person + 1] as number;
    let events = 0;
    let pageViews = 0;
    let purchases = 0;
    for (let row = first; row < end; row++) {
      const time = at[row] as number;
      if (time < from || (mask !== null && mask[row] === 0)) continue;
      if (time >= to) break;
      events++;
      pageViews += isPageView[row] as number;
      purchases += isPurchase[row] as number;
    }
    if (events === 0) continue;
    const firstEver = at[first] as number;
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

function countSessions(
  { table, sessions, mask, pageViews: isPageView, from, to }: KpiScan,
  listed: KpiName | undefined,
) {
  const matched = matchedSessions(table.layout.rows, sessions, mask);
  const totals = { count: 0, bounces: 0, totalMs: 0, listed: [] as number[] };
  const durations: number[] = [];
  for (let session = 0; session < sessions.count; session++) {
    const startedAt = sessions.startedAt[session] as number;
    if (startedAt < from || startedAt >= to || (matched !== null && matched[session] === 0)) continue;
    const duration = (sessions.endedAt[session] as number) - startedAt;
    const isBounce = sessions.events[session] === 1 && isPageView[sessions.firstRow[session] as number] === 1;
    totals.count++;
    totals.bounces += isBounce ? 1 : 0;
    totals.totalMs += duration;
    if (duration > 0) durations.push(duration);
    const stands =
      listed === 'sessions' ||
      listed === 'meanSessionSeconds' ||
      (listed === 'medianSessionSeconds' && duration > 0) ||
      (listed === 'bounceRate' && isBounce);
    if (stands) totals.listed.push(session);
  }
  return { ...totals, medianMs: nearestRank(Float64Array.from(durations).sort(), 0.5) };
}

/** Sessions with a matching event anywhere in them; null: all. */
export function matchedSessions(rows: number, sessions: Sessions, mask: RowMask | null): Uint8Array | null {
  if (mask === null) return null;
  const matched = new Uint8Array(sessions.count);
  for (let row = 0; row < rows; row++) if (mask[row] === 1) matched[sessions.ofRow[row] as number] = 1;
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
    const end = start[person + 1] as number;
    let active = 0;
    let dayEnd = -Infinity;
    for (let row = start[person] as number; row < end; row++) {
      const time = at[row] as number;
      if (time < from || time < dayEnd || (mask !== null && mask[row] === 0)) continue;
      if (time >= to) break;
      active++;
      dayEnd = days[bucketIndex(days, time)]?.end ?? Infinity;
    }
    usersByDays[active] = (usersByDays[active] as number) + 1;
    if (isListed && active > 0) listed.push(person);
  }
  const activeDays = Array.from(usersByDays, (users, count) => ({ days: count, users })).filter(
    ({ days: count, users }) => count > 0 && users > 0,
  );
  return {
    activeDays,
    personDays: activeDays.reduce((sum, entry) => sum + entry.days * entry.users, 0),
    people: activeDays.reduce((sum, entry) => sum + entry.users, 0),
    listed,
  };
}
