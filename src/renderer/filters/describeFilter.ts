import type { Filter, ReportEvent } from '../../shared/reports/filters';
import { fieldLabel } from './fields';
import { FILTERS } from '../text/filters';

const OPERATOR_WORDS: Readonly<Record<string, string>> = {
  eq: FILTERS.is,
  ne: FILTERS.isNot,
  in: FILTERS.is,
  nin: FILTERS.isNot,
  lt: '<',
  lte: '≤',
  gt: '>',
  gte: '≥',
  contains: FILTERS.contains,
  startsWith: FILTERS.startsWith,
};

/** A report's event in words: its label, or its type and conditions. */
export function describeEvent(event: ReportEvent): string {
  if (event === '*') return FILTERS.any;
  if (typeof event === 'string') return event;
  if (event.label !== undefined && event.label !== '') return event.label;
  if ('anyOf' in event) return event.anyOf.map(describeEvent).join(FILTERS.or);
  const where = (event.where ?? []).map(describeFilter).join(', ');
  return where === '' ? describeEvent(event.event) : `${event.event} (${where})`;
}

/** A filter in words: "Device is mobile or tablet". */
export function describeFilter(filter: Filter): string {
  if ('anyOf' in filter) return filter.anyOf.map(describeFilter).join(FILTERS.or);
  if ('did' in filter) {
    const times = filter.atLeast > 1 ? FILTERS.atLeastTimes(filter.atLeast) : '';
    return `${FILTERS.did(describeEvent(filter.did))}${times}`;
  }
  if ('didNot' in filter) return FILTERS.didNot(describeEvent(filter.didNot));
  const field = fieldLabel(filter.field);
  if (filter.op === 'exists') return `${field} ${filter.value ? FILTERS.isKnown : FILTERS.isNone}`;
  if ('values' in filter)
    return `${field} ${OPERATOR_WORDS[filter.op] ?? ''} ${filter.values.map(String).join(FILTERS.or)}`;
  return `${field} ${OPERATOR_WORDS[filter.op] ?? filter.op} ${String(filter.value)}`;
}
