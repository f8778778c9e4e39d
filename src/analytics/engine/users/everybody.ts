import { comparePlaces, readSort, type UserPlace } from '../../kernels/users/order';
import type { CompiledReport, RunContext } from '../context';
import { gatherSessions } from '../sessions/gatherSessions';
import { countActivity, type Activity } from './activity';
import { loadProfiles } from './profiles';
import { findSearched, MOST_FOUND, testSearched } from './search';

/** One page of users and how many there are in all. */
export interface UsersPage {
  readonly places: readonly UserPlace[];
  readonly activity: ReadonlyMap<string, Activity>;
  readonly total: { readonly count: number; readonly exact: boolean };
  readonly hasMore: boolean;
}

/** Sessions of each user in the range. */
export async function countSessions(
  context: RunContext<'users'>,
  compiled: CompiledReport,
  users?: readonly string[],
): Promise<Map<string, number>> {
  const sessions = await gatherSessions(context, {
    range: context.range,
    compiled,
    startsOnly: true,
    ...(users ? { users } : {}),
  });
  const counts = new Map<string, number>();
  for (const { userId } of sessions) counts.set(userId, (counts.get(userId) ?? 0) + 1);
  return counts;
}

async function keysOf(
  context: RunContext<'users'>,
  compiled: CompiledReport,
  activity: ReadonlyMap<string, Activity>,
): Promise<(userId: string) => string | number | null> {
  const { by } = readSort(context.report.sort);
  if (by === 'events') return (userId) => activity.get(userId)?.events ?? 0;
  if (by === 'sessions') {
    const users = activity.size <= MOST_FOUND ? [...activity.keys()] : undefined;
    const sessions = await countSessions(context, compiled, users);
    return (userId) => sessions.get(userId) ?? 0;
  }
  const profiles = await loadProfiles(context, [...activity.keys()]);
  const field = by === 'lastActive' ? 'lastActiveAt' : by;
  return (userId) => profiles.get(userId)?.[field] ?? null;
}

/** The matching events of whoever is searched for; of everybody without a search. */
async function countFound(
  context: RunContext<'users'>,
  compiled: CompiledReport,
  search: string,
): Promise<Map<string, Activity>> {
  if (search === '') return countActivity(context, compiled);
  const found = await findSearched(context, search);
  if (found !== null && found.size <= MOST_FOUND) return countActivity(context, compiled, [...found]);
  const activity = await countActivity(context, compiled);
  const isFound = found ? (userId: string) => found.has(userId) : await testSearched(context, search);
  for (const userId of activity.keys()) if (!isFound(userId)) activity.delete(userId);
  return activity;
}

/**
 * A page found by looking at everybody with a matching event in the range, or at everybody who is searched
 * for: any sort, an exact total.
 */
export async function pageOfEverybody(
  context: RunContext<'users'>,
  compiled: CompiledReport,
  search: string,
  after: UserPlace | null,
): Promise<UsersPage> {
  const { report } = context;
  const { isDescending } = readSort(report.sort);
  const activity = await countFound(context, compiled, search);
  const keyOf = await keysOf(context, compiled, activity);
  const places: UserPlace[] = [...activity.keys()]
    .map((userId) => ({ userId, key: keyOf(userId) }))
    .sort((a, b) => comparePlaces(a, b, isDescending));
  const rest = after ? places.filter((place) => comparePlaces(place, after, isDescending) > 0) : places;
  return {
    places: rest.slice(0, report.limit),
    activity,
    total: { count: activity.size, exact: true },
    hasMore: rest.length > report.limit,
  };
}
