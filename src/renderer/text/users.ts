import { countOf } from './countOf';
/** Words of users. */
export const USERS = {
  searchUsers: 'Search users',
  noUserMatches: (text: string): string => `No user matches ${text}.`,
  searchHint: 'Name, e-mail or id',
  countUsers: (exact: string): string => countOf(exact, 'user'),
  firstPageOnly: 'The first page; the export holds all rows.',
  nextPageFailed: (problem: string): string => `The next page could not be loaded. ${problem}`,
} as const;
