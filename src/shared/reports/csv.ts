import { csvLine, type CsvValue } from './csvCells';
import { KPI_NAMES } from './report';
import type {
  AnyResult,
  FunnelData,
  FunnelStepResult,
  JourneyData,
  KpisData,
  ListedUser,
  PathsData,
  RetentionData,
  TrendData,
  UsersData,
} from './result';

type Row = readonly CsvValue[];

function* kpiRows(data: KpisData): Generator<Row> {
  yield ['kpi', 'value', 'previous'];
  for (const kpi of KPI_NAMES) yield [kpi, data[kpi], data.previous?.[kpi]];
  const before = new Map(data.previous?.activeDays.map(({ days, users }) => [days, users]));
  const now = new Map(data.activeDays.map(({ days, users }) => [days, users]));
  const days = [...new Set([...now.keys(), ...before.keys()])].sort((a, b) => a - b);
  for (const day of days) {
    yield [`activeDays.${day}`, now.get(day) ?? 0, data.previous && (before.get(day) ?? 0)];
  }
}

function* trendRows(data: TrendData): Generator<Row> {
  yield ['series', 'at', 'value', 'complete', 'previous'];
  for (const series of data.series) {
    for (const point of series.points) {
      yield [series.key, point.at, point.value, point.complete, point.previous];
    }
  }
}

function* funnelRows(data: FunnelData): Generator<Row> {
  yield [
    'breakdown',
    'step',
    'label',
    'count',
    'ofFirst',
    'ofPrevious',
    'dropped',
    'undecided',
    'medianSecondsFromPrevious',
  ];
  const rows = (value: string, steps: readonly FunnelStepResult[]): Row[] =>
    steps.map((step, index) => [
      value,
      index + 1,
      step.label,
      step.count,
      step.ofFirst,
      step.ofPrevious,
      step.dropped,
      step.undecided,
      step.secondsFromPrevious.median,
    ]);
  yield* rows('', data.steps);
  for (const { value, steps } of data.breakdown ?? []) yield* rows(value, steps);
}

function* pathRows(data: PathsData): Generator<Row> {
  yield ['position', 'from', 'to', 'count'];
  for (const link of data.links) yield [link.position, link.from, link.to, link.count];
}

function* retentionRows(data: RetentionData): Generator<Row> {
  yield ['cohort', 'size', 'period', 'users', 'complete'];
  for (const cohort of data.cohorts) {
    for (const cell of cohort.cells) {
      yield [cohort.at, cohort.size, cell.period, cell.users, cell.complete];
    }
  }
}

const USER_COLUMNS = [
  'userId',
  'name',
  'email',
  'device',
  'country',
  'createdAt',
  'lastActiveAt',
  'sessions',
  'events',
  'purchases',
] as const;

function* userRows(data: UsersData): Generator<Row> {
  yield USER_COLUMNS;
  for (const user of data.users) yield USER_COLUMNS.map((column) => user[column]);
}

function* journeyRows(data: JourneyData): Generator<Row> {
  yield [
    'sessionId',
    'id',
    'at',
    'type',
    'durationSec',
    'page.path',
    'page.url',
    'page.title',
    'page.referrer',
    'device',
    'browser',
    'os',
    'country',
    'properties',
  ];
  for (const session of data.sessions) {
    for (const event of session.events) {
      yield [
        session.sessionId,
        event.id,
        event.at,
        event.type,
        event.durationSec,
        event.page?.path,
        event.page?.url,
        event.page?.title,
        event.page?.referrer,
        session.device,
        session.browser,
        session.os,
        session.country,
        JSON.stringify(event.properties),
      ];
    }
  }
}

function* listRows(users: readonly ListedUser[]): Generator<Row> {
  yield ['userId', 'sessionId', 'reachedStep', 'reason'];
  for (const user of users) yield [user.userId, user.sessionId, user.reachedStep, user.reason];
}

function rowsOf(result: AnyResult): Generator<Row> {
  if (result.users) return listRows(result.users);
  switch (result.kind) {
    case 'kpis':
      return kpiRows(result.data);
    case 'trend':
      return result.data.users ? listRows(result.data.users) : trendRows(result.data);
    case 'funnel':
      return result.data.users ? listRows(result.data.users) : funnelRows(result.data);
    case 'paths':
      return result.data.users ? listRows(result.data.users) : pathRows(result.data);
    case 'retention':
      return result.data.users ? listRows(result.data.users) : retentionRows(result.data);
    case 'users':
      return userRows(result.data);
    case 'journey':
      return journeyRows(result.data);
  }
}

/**
 * A result as CSV, one line at a time, each with its line end; the first is the header. A result with the
 * list behind a mark gives the list. Cells are as in `csvCell`.
 */
export function* resultToCsvLines(result: AnyResult): Generator<string> {
  for (const row of rowsOf(result)) yield `${csvLine(row)}\n`;
}

/** A result as one CSV text; see `resultToCsvLines`. */
export function resultToCsv(result: AnyResult): string {
  return [...resultToCsvLines(result)].join('');
}
