import type { USER_SORTS } from '../../../shared/reports/report';
import type { UsersData } from '../../../shared/reports/result';
import { formatExact, UNKNOWN } from '../../format/number';
import { formatDateTime } from '../../format/time';

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
  { label: 'User', sort: 'name', cell: (user) => user.name ?? user.email ?? user.userId },
  { label: 'E-mail', wideOnly: true, cell: (user) => user.email ?? UNKNOWN },
  { label: 'Country', wideOnly: true, cell: (user) => user.country ?? UNKNOWN },
  { label: 'Device', wideOnly: true, cell: (user) => user.device ?? UNKNOWN },
  { label: 'Sessions', end: true, sort: 'sessions', cell: (user) => formatExact(user.sessions) },
  { label: 'Events', end: true, sort: 'events', cell: (user) => formatExact(user.events) },
  { label: 'Purchases', end: true, cell: (user) => formatExact(user.purchases) },
  {
    label: 'Last active',
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
