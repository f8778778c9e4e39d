import type { Report } from '../../shared/reports/report';
import type { Answer } from '../reference/evaluate';

/** What a report exercises: `kind.key=value` for every key with a closed set of values, and the forms of the others. */
export function featuresOf(report: Report): string[] {
  const found = new Set<string>();
  const add = (feature: string): void => void found.add(feature);
  add(`kind=${report.kind}`);
  add(`range.timezone=${report.range.timezone}`);
  add(`range.weekStart=${report.range.weekStart}`);
  if ('last' in report.range) add(`range=last ${report.range.last.slice(-1)}`);
  else add(`range=${report.range.from.includes('T') ? 'instants' : 'dates'}`);
  add(`filters=${report.filters.length === 0 ? 'none' : 'some'}`);
  walkFilters(report.filters, add);
  const of = (key: string, value: unknown): void => add(`${report.kind}.${key}=${String(value)}`);
  const given = (key: string, value: unknown): void => of(key, value === undefined ? 'left out' : 'given');
  switch (report.kind) {
    case 'kpis':
      of('compare', report.compare);
      if (report.users) of('users.kpi', report.users.kpi);
      break;
    case 'trend':
      of('measure', typeof report.measure === 'string' ? report.measure : report.measure.aggregate);
      if (typeof report.measure !== 'string') of('measure.field', report.measure.field);
      of('interval', report.interval);
      of('compare', report.compare);
      given('breakdown', report.breakdown);
      of('limit', report.limit);
      of('event', formOf(report.event));
      if (report.users) of('users.series', report.users.series === undefined ? 'left out' : 'given');
      break;
    case 'funnel':
      for (const key of [
        'order',
        'windowPerStep',
        'entry',
        'stepsWithinRange',
        'countBy',
        'interval',
      ] as const) {
        of(key, report[key]);
      }
      for (const step of report.steps) of('steps', formOf(step));
      of('exclusions', report.exclusions.length);
      if (report.exclusions.length > 0) of('exclusionRule', `${report.exclusionRule} ${report.order}`);
      given('breakdown', report.breakdown);
      if (report.breakdown !== undefined) of('attribution', report.attribution);
      if (report.breakdown !== undefined) of('limit', report.limit);
      if (report.users) of('users.outcome', report.users.outcome);
      if (report.users) given('users.value', report.users.value);
      break;
    case 'paths':
      for (const key of ['unit', 'by', 'collapseRepeats'] as const) of(key, report[key]);
      of('anchors', `${report.start ? 'start' : ''}${report.end ? 'end' : ''}` || 'none');
      of('hide', report.hide.length > 0);
      of('steps', report.steps);
      of('topNodes', report.topNodes);
      if (report.users) given('users.to', report.users.to);
      break;
    case 'retention':
      for (const key of ['cohort', 'interval', 'rule', 'rolling'] as const) of(key, report[key]);
      of('return', formOf(report.return));
      if (report.users) of('users.period', report.users.period === 0 ? '0' : 'later');
      break;
    case 'users':
      of('sort', report.sort);
      given('search', report.search);
      break;
    case 'journey':
      of('limit', report.limit);
      break;
  }
  return [...found];
}

function formOf(event: unknown): string {
  if (event === '*') return 'any event';
  if (typeof event === 'string') return 'type';
  return event !== null && typeof event === 'object' && 'anyOf' in event ? 'anyOf' : 'with conditions';
}

function walkFilters(filters: readonly unknown[], add: (feature: string) => void): void {
  for (const filter of filters) {
    if (filter === null || typeof filter !== 'object') continue;
    if ('op' in filter) add(`filter.op=${String(filter.op)}`);
    if ('field' in filter) add(`filter.field=${String(filter.field).split('.')[0]}`);
    if ('anyOf' in filter) add('filter=anyOf');
    if ('did' in filter) add(`filter=did${'range' in filter && filter.range ? ' in a range' : ''}`);
    if ('didNot' in filter) add('filter=didNot');
    if ('anyOf' in filter && Array.isArray(filter.anyOf)) walkFilters(filter.anyOf, add);
  }
}

/** Whether an answer says anything: some figure in it is not zero. */
export function isNonEmpty({ data }: Answer): boolean {
  if ('entrants' in data) return data.entrants > 0;
  if ('units' in data) return data.units > 0;
  if ('cohorts' in data) return data.cohorts.some((cohort) => cohort.size > 0);
  if ('totals' in data) return data.totals.events > 0;
  if ('series' in data) return data.series.some((series) => (series.total ?? 0) !== 0);
  if ('total' in data) return data.total.count > 0;
  return data.events > 0;
}

/** Counts, for every feature, the reports with a non-empty answer that had it. */
export class Coverage {
  readonly #counts = new Map<string, number>();
  #reports = 0;
  #nonEmpty = 0;

  add(report: Report, answer: Answer): void {
    this.#reports += 1;
    const counted = isNonEmpty(answer);
    if (counted) this.#nonEmpty += 1;
    for (const feature of featuresOf(report)) {
      this.#counts.set(feature, (this.#counts.get(feature) ?? 0) + (counted ? 1 : 0));
    }
  }

  get reports(): number {
    return this.#reports;
  }

  /** Features met in fewer non-empty reports than asked for, with how many. */
  below(least: number): [string, number][] {
    return [...this.#counts].filter(([, count]) => count < least);
  }

  /** One line a key: each value with its number of non-empty reports. */
  toText(): string {
    const keys = new Map<string, string[]>();
    for (const [feature, count] of [...this.#counts].sort()) {
      const at = feature.indexOf('=');
      const key = feature.slice(0, at);
      keys.set(key, [...(keys.get(key) ?? []), `${feature.slice(at + 1)} ${count}`]);
    }
    const lines = [...keys].map(([key, values]) => `  ${key}: ${values.join(' · ')}`);
    return [`${this.#reports} reports, ${this.#nonEmpty} with a non-empty answer:`, ...lines].join('\n');
  }
}
