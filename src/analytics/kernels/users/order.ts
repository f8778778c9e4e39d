import type { ReportOf } from '../../../shared/reports/report';
import { compareCodePoints } from '../numbers';

/** A user's place in a list: the value it is sorted by (null last, in both directions), then the id. */
export interface UserPlace {
  readonly key: string | number | null;
  readonly userId: string;
}

export type UserSort = ReportOf<'users'>['sort'];

/** What a sort looks at, and whether it descends. */
export function readSort(sort: UserSort): {
  readonly by: 'lastActive' | 'events' | 'sessions' | 'name' | 'createdAt';
  readonly isDescending: boolean;
} {
  const isDescending = sort.startsWith('-');
  const by = (isDescending ? sort.slice(1) : sort) as
    'lastActive' | 'events' | 'sessions' | 'name' | 'createdAt';
  return { by, isDescending };
}

/** Orders two users: by key in the sort's direction, users without one last, ties by id ascending. */
export function comparePlaces(a: UserPlace, b: UserPlace, isDescending: boolean): number {
  if (a.key === null || b.key === null) {
    if (a.key !== b.key) return a.key === null ? 1 : -1;
    return compareCodePoints(a.userId, b.userId);
  }
  const order =
    typeof a.key === 'number' && typeof b.key === 'number'
      ? a.key - b.key
      : compareCodePoints(String(a.key), String(b.key));
  return (isDescending ? -order : order) || compareCodePoints(a.userId, b.userId);
}
