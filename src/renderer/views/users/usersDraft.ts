import { create } from 'zustand';
import type { UserSort } from './userColumns';

/** What the Users view lists; kept while other views are open. */
export interface UsersDraft {
  readonly search: string;
  readonly sort: UserSort;
  /** Users a page. */
  readonly limit: number;
}

export const FIRST_USERS: UsersDraft = { search: '', sort: '-lastActive', limit: 100 };

export const useUsersDraft = create<UsersDraft>(() => FIRST_USERS);
