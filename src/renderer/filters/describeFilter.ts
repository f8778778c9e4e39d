import type { Filter, ReportEvent } from '../../shared/reports/filters';
import { fieldLabel } from './fields';

const OPERATOR_WORDS: Readonly<Record<string, string>> = {
  eq: 'is',
  ne: 'is not',
  in: 'is',
  nin: 'is not',
  lt: '<',
  lte: '≤',
  gt: '>',
  gte: '≥',
  contains: 'contains',
  startsWith: 'starts with',
};

/** A report's event in words: its label, or its type and conditions. */
export function describeEvent(event: ReportEvent): string {
  if (event === '*') return 'any event';
  if (typeof event === 'string') return event;
  if (event.label !== undefined && event.label !== '') return event.label;
  if ('anyOf' in event) return event.anyOf.map(describeEvent).join(' or ');
  const where = (event.where ?? []).map(describeFilter).join(', ');
  return where === '' ? describeEvent(event.event) : `${event.event} (${where})`;
}

/** A filter in words: "Device is mobile or tablet". */
export function describeFilter(filter: Filter): string {
  if ('anyOf' in filter) return filter.anyOf.map(describeFilter).join(' or ');
  if ('did' in filter) {
    const times = filter.atLeast > 1 ? ` at least ${filter.atLeast} times` : '';
    return `did ${describeEvent(filter.did)}${times}`;
  }
  if ('didNot' in filter) return `did not ${describeEvent(filter.didNot)}`;
  const field = fieldLabel(filter.field);
  if (filter.op === 'exists') return `${field} ${filter.value ? 'is known' : 'is (none)'}`;
  if ('values' in filter)
    return `${field} ${OPERATOR_WORDS[filter.op] ?? ''} ${filter.values.map(String).join(' or ')}`;
  return `${field} ${OPERATOR_WORDS[filter.op] ?? filter.op} ${String(filter.value)}`;
}
