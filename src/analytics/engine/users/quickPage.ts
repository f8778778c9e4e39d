import type { Document } from 'mongodb';
import type { TimeSource } from '../../../shared/model/mapping';
import { readSort, type UserPlace } from '../../kernels/users/order';
import type { CompiledReport, RunContext } from '../context';
import { countActivity, type Activity } from './activity';
import type { UsersPage } from './everybody';
import { searchMatch, streamProfiles, type Profile } from './profiles';

/** Profiles looked at before giving up: when hardly anybody in the list is active in the range. */
const MAX_PROFILES = 2_000;
const BATCH = 250;

/** The stored path of a sort's key, when documents can be read in its order. */
function sortPath(context: RunContext<'users'>): string | undefined {
  const fields = context.mapping.users?.fields;
  const { by } = readSort(context.report.sort);
  if (!fields || by === 'events' || by === 'sessions') return undefined;
  if (by === 'name') return fields.name;
  const source: TimeSource | undefined = by === 'createdAt' ? fields.createdAt : fields.lastActiveAt;
  return source?.as === 'date' ? source.path : undefined;
}

/** Stages that read users' documents in the order of the list, from a place on. */
function orderedStages(
  context: RunContext<'users'>,
  search: string,
  path: string,
  after: UserPlace | null,
): Document[] {
  const { by, isDescending } = readSort(context.report.sort);
  const id = context.mapping.users?.fields.id ?? '_id';
  const type = by === 'name' ? 'string' : 'date';
  const matches: Document[] = [{ [path]: { $type: type } }];
  if (search !== '') matches.push(searchMatch(context, search));
  if (after && after.key !== null) {
    const key = by === 'name' ? after.key : new Date(after.key);
    const beyond = { [path]: { [isDescending ? '$lt' : '$gt']: key } };
    matches.push({ $or: [beyond, { [path]: key, [id]: { $gt: after.userId } }] });
  }
  return [
    { $match: { $and: matches } },
    { $sort: { [path]: isDescending ? -1 : 1, [id]: 1 } },
    { $limit: MAX_PROFILES },
  ];
}

/**
 * A page found by reading users' documents in the list's order and looking only at their events: what a key
 * press in the search field costs does not grow with the data. Null when that does not fill the page (few of
 * them are active, or the list has come to users without the key); then everybody has to be looked at.
 */
export async function findQuickPage(
  context: RunContext<'users'>,
  compiled: CompiledReport,
  search: string,
  after: UserPlace | null,
): Promise<UsersPage | null> {
  const path = sortPath(context);
  const { users } = context.mapping;
  if (path === undefined || !users || (after && after.key === null)) return null;
  const { by } = readSort(context.report.sort);
  const { limit } = context.report;
  const places: UserPlace[] = [];
  const activity = new Map<string, Activity>();
  let pending: Profile[] = [];
  const settle = async (): Promise<void> => {
    const counted = await countActivity(
      context,
      compiled,
      pending.map(({ userId }) => userId),
    );
    for (const profile of pending) {
      const own = counted.get(profile.userId);
      if (!own) continue;
      activity.set(profile.userId, own);
      const key = by === 'lastActive' ? profile.lastActiveAt : profile[by === 'name' ? 'name' : 'createdAt'];
      places.push({ userId: profile.userId, key });
    }
    pending = [];
  };
  const stages = orderedStages(context, search, path, after);
  for await (const profile of streamProfiles(context, stages, { purpose: 'users in order' })) {
    pending.push(profile);
    if (pending.length >= BATCH) await settle();
    if (places.length > limit) break;
  }
  if (places.length <= limit && pending.length > 0) await settle();
  if (places.length <= limit) return null;
  const { run } = context;
  const count = await run.source.estimateCount(users.collection, run.callOptions());
  return {
    places: places.slice(0, limit),
    activity,
    total: { count: search === '' ? count : places.length, exact: false },
    hasMore: true,
  };
}
