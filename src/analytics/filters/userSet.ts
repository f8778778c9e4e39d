import type { Condition, DidFilter, DidNotFilter, Filter } from '../../shared/reports/filters';

/** A set of canonical users: those listed, or (`isNegated`) all but those listed. */
export interface UserSet {
  readonly ids: ReadonlySet<string>;
  readonly isNegated: boolean;
}

export function isInUserSet(set: UserSet, canonicalId: string): boolean {
  return set.ids.has(canonicalId) !== set.isNegated;
}

/** A filter that selects users by itself: a condition on `user.*`, `did` or `didNot`. */
export type UserLeaf = Condition | DidFilter | DidNotFilter;

export function isUserLeaf(filter: Filter): boolean {
  if ('did' in filter || 'didNot' in filter) return true;
  return 'field' in filter && filter.field.startsWith('user.');
}

/** Whether a filter says something about the user alone. */
export function isUserFilter(filter: Filter): boolean {
  return 'anyOf' in filter ? filter.anyOf.every(isUserFilter) : isUserLeaf(filter);
}

/** The users of each filter that selects users, found beforehand. */
export type UserSets = ReadonlyMap<Filter, UserSet>;
