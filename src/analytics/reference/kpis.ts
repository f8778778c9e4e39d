import type { KpiName, ReportOf } from '../../shared/reports/report';
import type { KpiFigures, KpisData, ListedUser } from '../../shared/reports/result';
import { countDistinct, nearestRank, share } from './amounts';
import { localDate, readComparedRange, shiftDate } from './localTime';
import { ask, inRange, listSessions, listUsers, matchingEvents, type Asked } from './request';
import type { World, WorldEvent, WorldSession } from './world';

interface Gathered {
  readonly events: readonly WorldEvent[];
  readonly sessions: readonly WorldSession[];
  readonly bounces: readonly WorldSession[];
  readonly newUsers: readonly string[];
  /** Users of each of the 30 local days that end with the range. */
  readonly days: readonly (readonly string[])[];
  readonly pageViews: readonly WorldEvent[];
  readonly purchases: readonly WorldEvent[];
}

function gather(asked: Asked): Gathered {
  const { world, range } = asked;
  const matching = matchingEvents(asked);
  const events = matching.filter((event) => inRange(asked, event.at));
  const sessions = world.sessions.filter(
    (session) => inRange(asked, session.start) && session.events.some((event) => matching.includes(event)),
  );
  const isPageView = (event: WorldEvent): boolean => world.roles.pageViews.includes(event.type);
  const lastDay = localDate(range.zone, range.to - 1);
  const days = Array.from({ length: 30 }, (_, back) => {
    const day = shiftDate(lastDay, -back);
    return [
      ...new Set(matching.filter((event) => localDate(range.zone, event.at) === day).map((e) => e.user)),
    ];
  });
  return {
    events,
    sessions,
    bounces: sessions.filter(
      (session) => session.events.length === 1 && session.events.every((event) => isPageView(event)),
    ),
    newUsers: [...new Set(events.map((event) => event.user))].filter((user) => {
      const first = world.eventsOf.get(user)?.[0];
      return first !== undefined && inRange(asked, first.at);
    }),
    days,
    pageViews: events.filter(isPageView),
    purchases: events.filter((event) => world.roles.purchases.includes(event.type)),
  };
}

function figuresOf(gathered: Gathered): KpiFigures {
  const { events, sessions, bounces, days } = gathered;
  const durations = sessions.map((session) => session.end - session.start);
  const totalMs = durations.reduce((sum, duration) => sum + duration, 0);
  const median = nearestRank(
    durations.filter((duration) => duration > 0),
    0.5,
  );
  const dailyUsers = days.map((day) => day.length);
  const monthly = [...new Set(days.flat())];
  const activeDays = monthly.map((user) => days.filter((day) => day.includes(user)).length);
  return {
    users: countDistinct(events.map((event) => event.user)),
    newUsers: gathered.newUsers.length,
    sessions: sessions.length,
    events: events.length,
    pageViews: gathered.pageViews.length,
    purchases: gathered.purchases.length,
    bounceRate: share(bounces.length, sessions.length),
    meanSessionSeconds: sessions.length === 0 ? null : totalMs / sessions.length / 1000,
    medianSessionSeconds: median === null ? null : median / 1000,
    stickiness: share(dailyUsers.reduce((sum, users) => sum + users, 0) / 30, monthly.length),
    activeDays: [...new Set(activeDays)]
      .sort((a, b) => a - b)
      .map((count) => ({ days: count, users: activeDays.filter((own) => own === count).length })),
  };
}

function listOf(kpi: KpiName, gathered: Gathered): ListedUser[] {
  const usersOf = (items: readonly { readonly user: string }[]): ListedUser[] =>
    listUsers(items.map((item) => item.user));
  switch (kpi) {
    case 'users':
    case 'events':
      return usersOf(gathered.events);
    case 'newUsers':
      return listUsers(gathered.newUsers);
    case 'sessions':
      return listSessions(gathered.sessions);
    case 'pageViews':
      return usersOf(gathered.pageViews);
    case 'purchases':
      return usersOf(gathered.purchases);
    case 'bounceRate':
      return usersOf(gathered.bounces);
    case 'meanSessionSeconds':
      return usersOf(gathered.sessions);
    case 'medianSessionSeconds':
      return usersOf(gathered.sessions.filter((session) => session.end > session.start));
    case 'stickiness':
      return listUsers(gathered.days.flat());
  }
}

/** The key figures of a range, those of the compared range, and the list behind one of them. */
export function evaluateKpis(
  report: ReportOf<'kpis'>,
  world: World,
  now: number,
): { data: KpisData; users?: ListedUser[] } {
  const asked = ask(report, world, now);
  const gathered = gather(asked);
  const data: KpisData = figuresOf(gathered);
  if (report.compare !== 'none') {
    const before = readComparedRange(asked.range, report.compare);
    data.previous = figuresOf(gather(ask(report, world, now, before)));
  }
  return report.users ? { data, users: listOf(report.users.kpi, gathered) } : { data };
}
