import { useEffect, useState } from 'react';
import type { ReportInput } from '../../shared/reports/report';
import type { ListedUser, UsersData } from '../../shared/reports/result';
import { runOnce } from '../state/runs';
import { useZone } from '../state/zone';

/** What a list shows of a user beside the id. */
export type ShownProfile = Pick<UsersData['users'][number], 'name' | 'email' | 'lastActiveAt'>;

const PAGE = 100;
const PAUSE_MS = 120;
/** Long before the first event anybody has. */
const ALL_TIME = '36500d';
const NOBODY: ShownProfile = { name: null, email: null, lastActiveAt: null };

/**
 * Names and last activity of the users of a list, asked for page by page as rows come into sight; a user
 * whose page has not been answered yet is absent.
 */
export function useProfiles(
  users: readonly ListedUser[],
  inSight: readonly { readonly index: number }[],
): ReadonlyMap<string, ShownProfile> {
  const timezone = useZone();
  const [known, setKnown] = useState<ReadonlyMap<string, ShownProfile>>(new Map());
  const from = Math.floor((inSight[0]?.index ?? 0) / PAGE) * PAGE;
  const to = Math.ceil(((inSight[inSight.length - 1]?.index ?? -1) + 1) / PAGE) * PAGE;
  const ids = [...new Set(users.slice(from, to).map((user) => user.userId))].filter((id) => !known.has(id));
  const key = JSON.stringify(ids);
  useEffect(() => {
    const asked = JSON.parse(key) as string[];
    if (asked.length === 0) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      const report: ReportInput = {
        version: 1,
        kind: 'users',
        range: { last: ALL_TIME, timezone },
        filters: [{ field: 'user.userId', op: 'in', values: asked }],
        limit: 1_000,
      };
      runOnce(report, controller.signal).then(
        (answer) => {
          if (controller.signal.aborted || answer.kind !== 'users') return;
          const found = new Map(answer.data.users.map((user) => [user.userId, user]));
          setKnown((old) => new Map([...old, ...asked.map((id) => [id, found.get(id) ?? NOBODY] as const)]));
        },
        // The list itself is complete without them.
        () => undefined,
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key, timezone]);
  return known;
}
