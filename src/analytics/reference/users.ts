import type { ReportOf } from '../../shared/reports/report';
import type { UsersData } from '../../shared/reports/result';
import { byCodePoint } from './codePoints';
import { ask, inRange, matchingEvents } from './request';
import type { World } from './world';

type Row = UsersData['users'][number];

function isFound(search: string, row: Row, aliases: readonly string[]): boolean {
  const wanted = search.trim().toLowerCase();
  const texts = [row.userId, ...aliases, row.name ?? '', row.email ?? ''];
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

function compareBy(key: string, a: Row, b: Row): number {
  const texts = (left: string | null, right: string | null): number =>
    left === null || right === null ? 0 : byCodePoint(left, right);
  if (key === 'events') return a.events - b.events;
  if (key === 'sessions') return a.sessions - b.sessions;
  if (key === 'name') return texts(a.name, b.name);
  return key === 'createdAt' ? texts(a.createdAt, b.createdAt) : texts(a.lastActiveAt, b.lastActiveAt);
}

function isMissing(key: string, row: Row): boolean {
  if (key === 'name') return row.name === null;
  if (key === 'createdAt') return row.createdAt === null;
  return key === 'lastActive' && row.lastActiveAt === null;
}

/** The users with matching events in the range, all of them, in the order asked for. */
export function evaluateUsers(report: ReportOf<'users'>, world: World, now: number): { data: UsersData } {
  const asked = ask(report, world, now);
  const matching = matchingEvents(asked);
  const events = matching.filter((event) => inRange(asked, event.at));
  const rows = [...new Set(events.map((event) => event.user))].map((user): Row => {
    const profile = world.profiles.get(user);
    const own = events.filter((event) => event.user === user);
    return {
      userId: user,
      name: profile?.name ?? null,
      email: profile?.email ?? null,
      device: profile?.device ?? null,
      country: profile?.country ?? null,
      createdAt: profile?.createdAt.toISOString() ?? null,
      lastActiveAt: profile?.lastActiveAt.toISOString() ?? null,
      sessions: world.sessions.filter(
        (session) =>
          session.user === user &&
          inRange(asked, session.start) &&
          session.events.some((event) => matching.includes(event)),
      ).length,
      events: own.length,
      purchases: own.filter((event) => world.roles.purchases.includes(event.type)).length,
    };
  });
  const { search } = report;
  const found =
    search === undefined || search.trim() === ''
      ? rows
      : rows.filter((row) =>
          isFound(
            search,
            row,
            world.identities.filter((edge) => edge.canonicalId === row.userId).map((edge) => edge._id),
          ),
        );
  const key = report.sort.replace(/^-/, '');
  const direction = report.sort.startsWith('-') ? -1 : 1;
  const users = [...found].sort((a, b) => {
    if (isMissing(key, a) !== isMissing(key, b)) return isMissing(key, a) ? 1 : -1;
    return direction * compareBy(key, a, b) || byCodePoint(a.userId, b.userId);
  });
  return { data: { total: { count: users.length, exact: true }, users, next: null } };
}
