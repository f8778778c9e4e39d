import type { Condition, Filter, ReportEvent } from '../../shared/reports/filters';
import type { Report } from '../../shared/reports/report';
import { isTextField } from './format/block';
import { NotAColumn } from './scan/notAColumn';
import type { ColumnSnapshot } from './snapshot';
import type { ColumnName } from './table/sharedColumns';

type RangeOf<T> = T extends { range?: infer R } ? Exclude<R, undefined> : never;

/** What a report reads. */
export interface Needs {
  readonly columns: ReadonlySet<ColumnName>;
  /** Whether conditions or breakdowns look at ids, whose texts must be there then. */
  readonly userIds: boolean;
  readonly sessionIds: boolean;
  /** Conditions on `user.*`. */
  readonly userConditions: readonly Condition[];
  /** `user.*` fields of a breakdown, and of an aggregate. */
  readonly userValues: readonly string[];
  readonly userNumbers: readonly string[];
  /** Ranges that `did` and `didNot` name. */
  readonly ranges: readonly RangeOf<Extract<Filter, { did: unknown }>>[];
}

class NeedsReader {
  readonly fields = new Set<string>(['eventType']);
  readonly userConditions: Condition[] = [];
  readonly ranges: RangeOf<Extract<Filter, { did: unknown }>>[] = [];
  isSessions = false;

  readEvent(event: ReportEvent | undefined): void {
    if (event === undefined || typeof event === 'string') return;
    if ('anyOf' in event) for (const one of event.anyOf) this.readEvent(one);
    else this.readFilters(event.where ?? []);
  }

  readFilters(filters: readonly Filter[]): void {
    for (const filter of filters) {
      if ('anyOf' in filter) this.readFilters(filter.anyOf);
      else if ('did' in filter || 'didNot' in filter) {
        this.readEvent('did' in filter ? filter.did : filter.didNot);
        if (filter.range) this.ranges.push(filter.range);
      } else if (filter.field.startsWith('user.')) this.userConditions.push(filter);
      else this.fields.add(filter.field);
    }
  }
}

/** What of the columns a report reads; nothing else is loaded for it. */
export function needsOf(report: Report): Needs {
  const reader = new NeedsReader();
  reader.readFilters(report.kind === 'journey' ? [] : report.filters);
  const userValues: string[] = [];
  const userNumbers: string[] = [];
  const readBreakdown = (field: string | undefined): void => {
    if (field === undefined) return;
    if (field.startsWith('user.')) userValues.push(field);
    else reader.fields.add(field);
  };
  switch (report.kind) {
    case 'kpis':
    case 'users':
      reader.isSessions = true;
      break;
    case 'trend':
      reader.readEvent(report.event);
      readBreakdown(report.breakdown);
      reader.isSessions = report.measure === 'sessions';
      if (typeof report.measure === 'object') {
        const { field } = report.measure;
        if (field.startsWith('user.')) userNumbers.push(field);
        else reader.fields.add(field);
        // A page view without a duration takes the time to the session's next event.
        reader.isSessions ||= field === 'durationSec';
      }
      break;
    case 'funnel':
      for (const step of report.steps) reader.readEvent(step);
      for (const { event } of report.exclusions) reader.readEvent(event);
      readBreakdown(report.breakdown);
      reader.isSessions = report.countBy === 'sessions';
      break;
    case 'paths':
      reader.readEvent(report.start);
      reader.readEvent(report.end);
      for (const event of report.hide) reader.readEvent(event);
      if (report.by === 'page') reader.fields.add('page.path');
      reader.isSessions = report.unit === 'session';
      break;
    case 'retention':
      reader.readEvent(report.start);
      reader.readEvent(report.return);
      break;
    case 'journey':
      break;
  }
  const columns = new Set<ColumnName>(['at']);
  if (reader.isSessions) columns.add('session');
  for (const field of reader.fields) {
    if (field === 'userId') columns.add('user');
    else if (field === 'sessionId') columns.add('session');
    else if (isTextField(field) || field === 'durationSec') columns.add(field);
    else columns.add(field as `properties.${string}`);
  }
  return {
    columns,
    userIds: reader.fields.has('userId'),
    sessionIds: reader.fields.has('sessionId'),
    userConditions: reader.userConditions,
    userValues,
    userNumbers,
    ranges: reader.ranges,
  };
}

/** What is known of columns without reading any. */
export type Coverage = Pick<ColumnSnapshot, 'properties' | 'inexact' | 'mapping'>;

/** Kinds that columns answer; a journey is read directly. */
const KINDS: readonly Report['kind'][] = ['kpis', 'trend', 'funnel', 'paths', 'retention', 'users'];

/**
 * Why columns can't answer a report, as the end of a sentence ("properties.plan is not a column"); null when they
 * can. Reads no events.
 */
export function whyNotColumns(report: Report, { properties, inexact, mapping }: Coverage): string | null {
  if (!KINDS.includes(report.kind)) return `columns do not answer reports of the kind "${report.kind}"`;
  const needs = needsOf(report);
  const declared = new Set(properties.map(({ name }) => `properties.${name}`));
  for (const column of needs.columns) {
    const reason = inexact[column === 'user' ? 'userId' : column];
    if (reason !== undefined) return reason;
    if (column.startsWith('properties.') && !declared.has(column)) return `${column} is not a column`;
  }
  const fields = mapping.users?.fields;
  const userFields = [
    ...needs.userConditions.map(({ field }) => field),
    ...needs.userValues,
    ...needs.userNumbers,
    ...(report.kind === 'users' ? ['user.createdAt', 'user.lastActiveAt'] : []),
  ];
  for (const field of ['createdAt', 'lastActiveAt'] as const) {
    const source = fields?.[field];
    if (source && source.as !== 'date' && userFields.includes(`user.${field}`)) {
      return `user.${field} is not stored as a date`;
    }
  }
  return null;
}

/** @throws NotAColumn when columns can't answer the report */
export function assertColumns(report: Report, coverage: Coverage): void {
  const reason = whyNotColumns(report, coverage);
  if (reason !== null) throw new NotAColumn('', reason);
}
