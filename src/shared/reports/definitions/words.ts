import type { Filter, ReportEvent } from '../filters';

/** An event of a report in words. */
export function describeEvent(event: ReportEvent): string {
  if (typeof event === 'string') return event === '*' ? 'any event' : `"${event}"`;
  if ('anyOf' in event) return event.anyOf.map(describeEvent).join(' or ');
  const name = event.event === '*' ? 'any event' : `"${event.event}"`;
  const where = event.where ?? [];
  return where.length === 0 ? name : `${name} where ${where.map(describeFilter).join(' and ')}`;
}

const OPERATOR_WORDS = {
  eq: 'is',
  ne: 'is not',
  in: 'is one of',
  nin: 'is none of',
  lt: 'is below',
  lte: 'is at most',
  gt: 'is above',
  gte: 'is at least',
  contains: 'contains',
  startsWith: 'starts with',
} as const;

/** A filter in words. */
export function describeFilter(filter: Filter): string {
  if ('anyOf' in filter) return `(${filter.anyOf.map(describeFilter).join(' or ')})`;
  if ('did' in filter) {
    const often = filter.atLeast === 1 ? '' : ` at least ${filter.atLeast} times`;
    return `the user did ${describeEvent(filter.did)}${often}`;
  }
  if ('didNot' in filter) return `the user did not do ${describeEvent(filter.didNot)}`;
  if (filter.op === 'exists') return `${filter.field} is ${filter.value ? 'known' : 'missing'}`;
  const value =
    'values' in filter
      ? filter.values.map((one) => JSON.stringify(one)).join(', ')
      : JSON.stringify(filter.value);
  return `${filter.field} ${OPERATOR_WORDS[filter.op]} ${value}`;
}

/** The sentence about a report's filters; none without filters. */
export function describeFilters(filters: readonly Filter[]): string[] {
  if (filters.length === 0) return [];
  return [`Only events for which ${filters.map(describeFilter).join(' and ')}.`];
}

/** The sentence about what a report is compared with; none when it is not. */
export function describeCompare(compare: 'none' | 'previous' | 'previousSameWeekday'): string[] {
  if (compare === 'none') return [];
  return [
    compare === 'previous'
      ? 'Compared with the period of the same length directly before; points pair by position.'
      : 'Compared with the same weekdays, as many whole weeks earlier as it takes not to overlap; points pair by position.',
  ];
}

/** The sentence about what one session is. */
export function describeSessions(sessionGapMs: number): string {
  const minutes = Math.round(sessionGapMs / 6_000) / 10;
  return `A session is the client's session id; events of a user without one form sessions that end with a gap of more than ${minutes} minutes. A session counts when it starts in the range, is not cut at midnight, and belongs to the bucket of its start.`;
}

/** The sentence about who counts as one user. */
export const USERS_SENTENCE =
  'Users are unique people: anonymous visitors count as the user they were identified as.';

/** Event types with a role, for a sentence. */
export function describeTypes(types: readonly string[]): string {
  return types.length === 0 ? 'no event type' : types.map((type) => `"${type}"`).join(', ');
}

/** The buckets of a time axis in words. */
export const INTERVAL_WORDS = {
  hour: 'local hours',
  day: 'local days',
  week: 'weeks',
  month: 'months',
  hourOfWeek: 'hours of the week, each gathering every such local hour of the range',
} as const;
