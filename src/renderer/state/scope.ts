import type { Library } from '../../shared/ipc/library';
import type { Filter } from '../../shared/reports/filters';
import type { RangeInput } from '../../shared/time/range';
import type { WeekDay } from '../../shared/time/calendar';

/** A range as chosen; the workspace's zone and week start are added when it is used. */
export type RangeChoice = { readonly last: string } | { readonly from: string; readonly to: string };
export type CompareChoice = 'none' | 'previous' | 'previousSameWeekday';

/** A filter in the bar; a muted one stays but does not act. */
export interface FilterChip {
  readonly id: string;
  readonly filter: Filter;
  readonly muted: boolean;
}

/** What every report of the window shares. */
export interface Scope {
  readonly range: RangeChoice;
  readonly compare: CompareChoice;
  readonly chips: readonly FilterChip[];
  /** Zone and week start of an opened report; the workspace's own when null. */
  readonly zone: string | null;
  readonly weekStart: WeekDay | null;
  /** Id of a saved segment. */
  readonly segment: string | null;
}

export const DEFAULT_SCOPE: Scope = {
  range: { last: '30d' },
  compare: 'previous',
  chips: [],
  segment: null,
  zone: null,
  weekStart: null,
};

/** The range as it stands in a report. */
export function reportRange(choice: RangeChoice, timezone: string, weekStart: WeekDay): RangeInput {
  return { ...choice, timezone, weekStart };
}

/** The filters of a segment; none when it is gone. */
export const segmentFilters = (library: Library, id: string | null): readonly Filter[] =>
  library.segments.find((segment) => segment.id === id)?.filters ?? [];

/** The filters that act. */
export function activeFilters(scope: Scope, segmentFilters: readonly Filter[]): Filter[] {
  return [...segmentFilters, ...scope.chips.filter((chip) => !chip.muted).map((chip) => chip.filter)];
}

const fieldOf = (filter: Filter): string | undefined => ('field' in filter ? filter.field : undefined);

/** The condition that a field has a value as shown in a result: "(none)" is a missing one. */
export function valueFilter(field: string, value: string): Filter {
  return value === '(none)' ? { field, op: 'exists', value: false } : { field, op: 'eq', value };
}

/** Adds a condition; one on the same field that only picks values is replaced. */
export function withFilter(scope: Scope, filter: Filter, id: string): Scope {
  const field = fieldOf(filter);
  const picks = (chip: FilterChip): boolean =>
    field !== undefined &&
    fieldOf(chip.filter) === field &&
    'op' in chip.filter &&
    ['eq', 'in', 'exists'].includes(chip.filter.op);
  const chips = scope.chips.filter((chip) => !picks(chip));
  return { ...scope, chips: [...chips, { id, filter, muted: false }] };
}

/** Replaces a chip's filter. */
export function withChip(scope: Scope, id: string, change: Partial<Omit<FilterChip, 'id'>>): Scope {
  return { ...scope, chips: scope.chips.map((chip) => (chip.id === id ? { ...chip, ...change } : chip)) };
}

/** Takes a chip away. */
export function withoutChip(scope: Scope, id: string): Scope {
  return { ...scope, chips: scope.chips.filter((chip) => chip.id !== id) };
}

/** The opposite of a condition, where it has one. */
export function invertFilter(filter: Filter): Filter {
  if ('did' in filter && filter.atLeast === 1) {
    return { didNot: filter.did, ...(filter.range ? { range: filter.range } : {}) };
  }
  if ('didNot' in filter) {
    return { did: filter.didNot, atLeast: 1, ...(filter.range ? { range: filter.range } : {}) };
  }
  if (!('op' in filter)) return filter;
  switch (filter.op) {
    case 'eq':
      return { ...filter, op: 'ne' };
    case 'ne':
      return { ...filter, op: 'eq' };
    case 'in':
      return { ...filter, op: 'nin' };
    case 'nin':
      return { ...filter, op: 'in' };
    case 'lt':
      return { ...filter, op: 'gte' };
    case 'gte':
      return { ...filter, op: 'lt' };
    case 'gt':
      return { ...filter, op: 'lte' };
    case 'lte':
      return { ...filter, op: 'gt' };
    case 'exists':
      return { ...filter, value: !filter.value };
    default:
      return filter;
  }
}
