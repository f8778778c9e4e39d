import type { UsersData } from '../../../shared/reports/result';
import type { UserPlace } from '../../kernels/users/order';
import { compileReport, type KindAnswer, type RunContext } from '../context';
import { readCursor, writeCursor } from '../cursor';
import { countSessions, pageOfEverybody } from '../users/everybody';
import { emptyProfile, loadProfiles } from '../users/profiles';
import { findQuickPage } from '../users/quickPage';

function readPlace(after: string | undefined): UserPlace | null {
  if (after === undefined) return null;
  const [key = null, userId] = readCursor(after);
  return { key, userId: String(userId) };
}

/** Runs the table of users: those with a matching event in the range, a page at a time. */
export async function runUsers(context: RunContext<'users'>): Promise<KindAnswer<'users'>> {
  const { report, estimate, reading } = context;
  context.onProgress({ phase: 'users' });
  const compiled = await compileReport(context, context.range);
  const search = (report.search ?? '').trim();
  const after = readPlace(report.after);
  const quick =
    (estimate?.documents ?? Infinity) >= reading.quickPageFrom
      ? await findQuickPage(context, compiled, search, after)
      : null;
  const page = quick ?? (await pageOfEverybody(context, compiled, search, after));
  const ids = page.places.map(({ userId }) => userId);
  const [profiles, sessions] = await Promise.all([
    loadProfiles(context, ids),
    countSessions(context, compiled, ids),
  ]);
  const last = page.places[page.places.length - 1];
  const data: UsersData = {
    total: page.total,
    users: ids.map((userId) => {
      const { traits, ...profile } = profiles.get(userId) ?? emptyProfile(userId);
      void traits;
      const own = page.activity.get(userId);
      return {
        ...profile,
        sessions: sessions.get(userId) ?? 0,
        events: own?.events ?? 0,
        purchases: own?.purchases ?? 0,
      };
    }),
    next: page.hasMore && last ? writeCursor([last.key, last.userId]) : null,
  };
  return { data };
}
