import type { KpiFigures } from '../../../shared/reports/result';
import { nearestRank, rate, roundSum } from '../numbers';
import { isBounce, type SessionFigures } from '../sessions/split';

/** What of one canonical user counts in the range: events that match the filters. */
export interface UserCounts {
  events: number;
  pageViews: number;
  purchases: number;
}

/** Everything the KPIs of a period are made of. */
export interface KpiInputs {
  /** Users with a matching event in the range. */
  readonly users: ReadonlyMap<string, UserCounts>;
  /** Those of them whose first event ever lies in the range. */
  readonly newUsers: ReadonlySet<string>;
  readonly sessions: readonly SessionFigures[];
  /** Days on which each user of the 30 days was active. */
  readonly activeDays: ReadonlyMap<string, number>;
}

/** The days that stickiness looks at. */
export const STICKINESS_DAYS = 30;

function sumOver(users: ReadonlyMap<string, UserCounts>, key: keyof UserCounts): number {
  let sum = 0;
  for (const counts of users.values()) sum += counts[key];
  return sum;
}

/** Mean seconds of all sessions, and the median of those longer than zero. */
function measureDurations(sessions: readonly SessionFigures[]): {
  meanSessionSeconds: number | null;
  medianSessionSeconds: number | null;
} {
  let sumMs = 0;
  const longer: number[] = [];
  for (const { start, end } of sessions) {
    sumMs += end - start;
    if (end > start) longer.push(end - start);
  }
  const median = nearestRank(Float64Array.from(longer).sort(), 0.5);
  return {
    meanSessionSeconds: sessions.length === 0 ? null : roundSum(sumMs / sessions.length / 1000),
    medianSessionSeconds: median === null ? null : median / 1000,
  };
}

/** The mean of daily users over the days, divided by the users of all of them; and users by number of active days. */
function measureStickiness(activeDays: ReadonlyMap<string, number>): {
  stickiness: number | null;
  activeDays: { days: number; users: number }[];
} {
  const usersByDays = new Map<number, number>();
  let userDays = 0;
  for (const days of activeDays.values()) {
    userDays += days;
    usersByDays.set(days, (usersByDays.get(days) ?? 0) + 1);
  }
  return {
    stickiness: rate(userDays, STICKINESS_DAYS * activeDays.size),
    activeDays: [...usersByDays].map(([days, users]) => ({ days, users })).sort((a, b) => a.days - b.days),
  };
}

/** The KPIs of a period. */
export function computeKpis(inputs: KpiInputs): KpiFigures {
  const { users, newUsers, sessions } = inputs;
  return {
    users: users.size,
    newUsers: newUsers.size,
    sessions: sessions.length,
    events: sumOver(users, 'events'),
    pageViews: sumOver(users, 'pageViews'),
    purchases: sumOver(users, 'purchases'),
    bounceRate: rate(sessions.filter(isBounce).length, sessions.length),
    ...measureDurations(sessions),
    ...measureStickiness(inputs.activeDays),
  };
}
