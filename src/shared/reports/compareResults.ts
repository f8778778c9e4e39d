import { WaymarkError } from '../errors';
import { KPI_NAMES, type KpiName } from './report';
import type {
  AnyResult,
  FunnelStepResult,
  JourneyData,
  KpisData,
  PathsData,
  RetentionData,
  TrendData,
  UsersData,
  FunnelData,
} from './result';

/** What a figure is measured in. */
export type FigureUnit = 'count' | 'rate' | 'seconds';

/** One figure of a result under a name that the same figure has in another run. */
export interface NamedFigure {
  /** From the general to the particular: `["DE", "2026-01-01T00:00:00.000Z"]`. */
  readonly name: readonly string[];
  readonly unit: FigureUnit;
  readonly value: number | null;
}

/** One figure in two runs; undefined where a run has no such figure. */
export interface ComparedFigure {
  readonly name: readonly string[];
  readonly unit: FigureUnit;
  readonly before: number | null | undefined;
  readonly after: number | null | undefined;
  /** After minus before; null unless both are numbers. */
  readonly difference: number | null;
  readonly same: boolean;
}

const KPI_UNITS: Partial<Record<KpiName, FigureUnit>> = {
  bounceRate: 'rate',
  stickiness: 'rate',
  meanSessionSeconds: 'seconds',
  medianSessionSeconds: 'seconds',
};

const of = (unit: FigureUnit, value: number | null, ...name: string[]): NamedFigure => ({
  name,
  unit,
  value,
});

function* kpiFigures(data: KpisData): Generator<NamedFigure> {
  for (const kpi of KPI_NAMES) yield of(KPI_UNITS[kpi] ?? 'count', data[kpi], kpi);
  for (const { days, users } of data.activeDays) yield of('count', users, 'activeDays', String(days));
}

function* trendFigures(data: TrendData): Generator<NamedFigure> {
  for (const { key, total, points } of data.series) {
    yield of('count', total, key, 'total');
    for (const { at, value } of points) yield of('count', value, key, at);
  }
}

function* stepFigures(steps: readonly FunnelStepResult[], ...under: string[]): Generator<NamedFigure> {
  for (const [index, step] of steps.entries()) {
    const name = [...under, `${index + 1} ${step.label}`];
    yield of('count', step.count, ...name, 'count');
    yield of('rate', step.ofFirst, ...name, 'ofFirst');
    yield of('rate', step.ofPrevious, ...name, 'ofPrevious');
    yield of('count', step.dropped, ...name, 'dropped');
    yield of('count', step.undecided, ...name, 'undecided');
    yield of('seconds', step.secondsFromPrevious.median, ...name, 'medianSecondsFromPrevious');
    yield of('seconds', step.secondsFromFirst.median, ...name, 'medianSecondsFromFirst');
  }
}

function* funnelFigures(data: FunnelData): Generator<NamedFigure> {
  yield of('count', data.entrants, 'entrants');
  yield of('count', data.converted, 'converted');
  yield* stepFigures(data.steps);
  for (const { value, steps } of data.breakdown ?? []) yield* stepFigures(steps, value);
  for (const { fromSeconds, toSeconds, users } of data.timeToConvert)
    yield of('count', users, 'timeToConvert', `${fromSeconds}–${toSeconds}`);
  for (const { at, entrants, converted } of data.trend) {
    yield of('count', entrants, 'trend', at, 'entrants');
    yield of('count', converted, 'trend', at, 'converted');
  }
}

function* pathFigures(data: PathsData): Generator<NamedFigure> {
  yield of('count', data.units, 'units');
  for (const { position, name, count } of data.nodes) yield of('count', count, String(position), name);
  for (const { position, from, to, count } of data.links)
    yield of('count', count, String(position), from, `→ ${to}`);
}

function* retentionFigures(data: RetentionData): Generator<NamedFigure> {
  for (const { at, size, cells } of data.cohorts) {
    yield of('count', size, at, 'size');
    for (const { period, users } of cells) yield of('count', users, at, String(period));
  }
  for (const [period, mean] of data.mean.entries()) yield of('rate', mean, 'mean', String(period));
}

function* userFigures(data: UsersData): Generator<NamedFigure> {
  yield of('count', data.total.count, 'users');
  for (const { userId, sessions, events, purchases } of data.users) {
    yield of('count', sessions, userId, 'sessions');
    yield of('count', events, userId, 'events');
    yield of('count', purchases, userId, 'purchases');
  }
}

function* journeyFigures(data: JourneyData): Generator<NamedFigure> {
  const { sessions, events, pageViews, purchases, seconds } = data.totals;
  yield of('count', sessions, 'sessions');
  yield of('count', events, 'events');
  yield of('count', pageViews, 'pageViews');
  yield of('count', purchases, 'purchases');
  yield of('seconds', seconds, 'seconds');
  for (const { at, events: count } of data.trend) yield of('count', count, 'trend', at);
}

/** Every figure of a result, in the result's order. */
export function figuresOf(result: AnyResult): Iterable<NamedFigure> {
  switch (result.kind) {
    case 'kpis':
      return kpiFigures(result.data);
    case 'trend':
      return trendFigures(result.data);
    case 'funnel':
      return funnelFigures(result.data);
    case 'paths':
      return pathFigures(result.data);
    case 'retention':
      return retentionFigures(result.data);
    case 'users':
      return userFigures(result.data);
    case 'journey':
      return journeyFigures(result.data);
  }
}

/**
 * Two runs number by number: every figure of either, those of the later run in its order, then those that
 * only the earlier one has. Figures are paired by name, so buckets by their instant and values by themselves.
 * @throws WaymarkError `badInput` when the runs are of different kinds
 */
export function compareResults(before: AnyResult, after: AnyResult): ComparedFigure[] {
  if (before.kind !== after.kind) {
    throw new WaymarkError(
      'badInput',
      `A run of the kind "${before.kind}" cannot be compared with one of the kind "${after.kind}".`,
    );
  }
  const earlier = new Map([...figuresOf(before)].map((figure) => [JSON.stringify(figure.name), figure]));
  const pair = (
    { name, unit }: NamedFigure,
    old: number | null | undefined,
    now: number | null | undefined,
  ): ComparedFigure => ({
    name,
    unit,
    before: old,
    after: now,
    difference: typeof old === 'number' && typeof now === 'number' ? now - old : null,
    same: old === now,
  });
  const compared: ComparedFigure[] = [];
  for (const figure of figuresOf(after)) {
    const key = JSON.stringify(figure.name);
    compared.push(pair(figure, earlier.get(key)?.value, figure.value));
    earlier.delete(key);
  }
  for (const figure of earlier.values()) compared.push(pair(figure, figure.value, undefined));
  return compared;
}
