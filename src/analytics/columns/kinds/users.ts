import type { Document } from 'mongodb';
import type { UsersData } from '../../../shared/reports/result';
import type { KindAnswer } from '../../engine/context';
import { readCursor, writeCursor } from '../../engine/cursor';
import { containsText } from '../../engine/users/profiles';
import { FirstOf } from '../../kernels/firstOf';
import { comparePlaces, readSort, type UserPlace } from '../../kernels/users/order';
import { valueText } from '../../mapping/storedText';
import { userField } from '../scan/userField';
import { type Ask, type RunContext } from './runContext';
import type { UsersPart } from './usersPart';

interface Row {
  readonly userId: string;
  readonly events: number;
  readonly purchases: number;
  readonly sessions: number;
}

type Context = RunContext<'users'>;
type Profiles = ReadonlyMap<string, Document>;

/** Whether id, other ids, name or e-mail contain a text, whatever its case. */
function finder(
  { mapping, identities }: Context,
  profiles: Profiles,
  search: string,
): (userId: string) => boolean {
  const contains = containsText(search);
  const holds = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(holds) : typeof value === 'string' && contains(value);
  return (userId) =>
    identities.allIdsOf(userId).some(contains) ||
    (['name', 'email'] as const).some((field) =>
      holds(userField({ mapping }, userId, profiles.get(userId), field)),
    );
}

function keyReader({ report, mapping }: Context, profiles: Profiles): (row: Row) => UserPlace['key'] {
  const { by } = readSort(report.sort);
  if (by === 'events' || by === 'sessions') return (row) => row[by];
  const field = by === 'lastActive' ? 'lastActiveAt' : by;
  return ({ userId }) => valueText(userField({ mapping }, userId, profiles.get(userId), field));
}

/** The table of users from columns: everybody with a matching event in the range, a page at a time. */
export async function runUsers(
  context: Context,
  ask: Ask<undefined, UsersPart>,
): Promise<KindAnswer<'users'>> {
  const { report, people, mapping } = context;
  const [key = null, id] = report.after === undefined ? [] : readCursor(report.after);
  const after: UserPlace | null = report.after === undefined ? null : { key, userId: String(id) };
  const profiles = await context.profiles();
  const parts = await ask(undefined);
  const ids = await people.ids();
  let rows: Row[] = [];
  for (const { users, events, purchases, sessions } of parts) {
    users.forEach((user, index) => {
      rows.push({
        userId: ids[user] ?? '',
        events: events[index] as number,
        purchases: purchases[index] as number,
        sessions: sessions[index] as number,
      });
    });
  }
  const search = (report.search ?? '').trim();
  if (search !== '') {
    const isFound = finder(context, profiles, search);
    rows = rows.filter(({ userId }) => isFound(userId));
  }
  const { isDescending } = readSort(report.sort);
  const keyOf = keyReader(context, profiles);
  const compare = (a: UserPlace, b: UserPlace): number => comparePlaces(a, b, isDescending);
  const places = new FirstOf<UserPlace & { readonly row: Row }>(report.limit + 1, compare);
  for (const row of rows) {
    const place = { row, userId: row.userId, key: keyOf(row) };
    if (!after || compare(place, after) > 0) places.add(place);
  }
  const page = places.inOrder.slice(0, report.limit);
  const last = page[page.length - 1];
  const text = (userId: string, field: string): string | null =>
    valueText(userField({ mapping }, userId, profiles.get(userId), field));
  const data: UsersData = {
    total: { count: rows.length, exact: true },
    users: page.map(({ row: { userId, events, purchases, sessions } }) => ({
      userId,
      name: text(userId, 'name'),
      email: text(userId, 'email'),
      device: text(userId, 'device'),
      country: text(userId, 'country'),
      createdAt: text(userId, 'createdAt'),
      lastActiveAt: text(userId, 'lastActiveAt'),
      sessions,
      events,
      purchases,
    })),
    next: places.inOrder.length > report.limit && last ? writeCursor([last.key, last.userId]) : null,
  };
  return { data };
}
