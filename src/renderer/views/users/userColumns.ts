import type { USER_SORTS } from '../../../shared/reports/report';
import type { UsersData } from '../../../shared/reports/result';
import { formatExact, UNKNOWN } from '../../format/number';
import { formatDateTime } from '../../format/time';
import { WORDS } from '../../text/words';

export type UserSort = (typeof USER_SORTS)[number];
export type UserRow = UsersData['users'][number];

export interface UserColumn {
  readonly label: string;
  readonly end?: boolean;
  /** Left out when the window is narrow. */
  readonly wideOnly?: boolean;
  /** Sort key of the column, without direction. */
  readonly sort?: 'name' | 'sessions' | 'events' | 'lastActive';
  readonly cell: (user: UserRow, zone: string) => string;
}

/** The columns of the users table. */
export const USER_COLUMNS: readonly UserColumn[] = [
  { label: WORDS.user, sort: 'name', cell: (user) => user.name ?? user.email ?? user.userId },
  { label: WORDS.email, wideOnly: true, cell: (user) => user.email ?? UNKNOWN },
  { label: WORDS.country, wideOnly: true, cell: (user) => user.country ?? UNKNOWN },
  { label: WORDS.device, wideOnly: true, cell: (user) => user.device ?? UNKNOWN },
  { label: WORDS.sessions, end: true, sort: 'sessions', cell: (user) => formatExact(user.sessions) },
  { label: WORDS.events, end: true, sort: 'events', cell: (user) => formatExact(user.events) },
  { label: WORDS.purchases, end: true, cell: (user) => formatExact(user.purchases) },
  {
    label: WORDS.lastActive,
    end: true,
    sort: 'lastActive',
    cell: (user, zone) => (user.lastActiveAt === null ? UNKNOWN : formatDateTime(user.lastActiveAt, zone)),
  },
];

/** The order after a click on a column's header: numbers and times begin with the largest. */
export function nextSort(current: UserSort, key: NonNullable<UserColumn['sort']>): UserSort {
  if (current === key) return `-${key}`;
  if (current === `-${key}`) return key;
  return key === 'name' ? 'name' : `-${key}`;
}
