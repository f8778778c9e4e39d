import { KPI_NAMES, type KpiName } from '../../shared/reports/report';
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
} from '../../shared/reports/result';
import { showBucket, showInstant } from './localTime';
import { drawGrid, left, right } from './grid';
import { showCount, showDuration, showRate, showText } from './numbers';

const KPI_UNITS: Readonly<Partial<Record<KpiName, (value: number | null) => string>>> = {
  bounceRate: showRate,
  stickiness: showRate,
  meanSessionSeconds: showDuration,
  medianSessionSeconds: showDuration,
};

function changeOf(now: number | null, before: number | null): string {
  if (now === null || before === null || before === 0) return '–';
  const change = now / before - 1;
  return `${change > 0 ? '+' : ''}${(change * 100).toFixed(1)} %`;
}

function drawKpis(data: KpisData): string {
  const { previous } = data;
  const rows = KPI_NAMES.map((kpi) => {
    const show = KPI_UNITS[kpi] ?? showCount;
    const row = [kpi, show(data[kpi])];
    return previous ? [...row, show(previous[kpi]), changeOf(data[kpi], previous[kpi])] : row;
  });
  const columns = [left('figure'), right('value')];
  const table = drawGrid(previous ? [...columns, right('before'), right('change')] : columns, rows);
  if (data.activeDays.length === 0) return table;
  const days = data.activeDays.map(({ days: count, users }) => [String(count), showCount(users)]);
  return `${table}\n${drawGrid([right('active days'), right('users')], days)}`;
}

function drawTrend(data: TrendData, timezone: string): string {
  const times = data.series[0]?.points.map((point) => point.at) ?? [];
  const hasPrevious = data.series.some((series) => series.points.some((point) => 'previous' in point));
  const columns = [
    left(data.interval === 'hourOfWeek' ? 'hour' : data.interval),
    ...data.series.flatMap((series) =>
      hasPrevious ? [right(series.key), right('before')] : [right(series.key)],
    ),
  ];
  const rows = times.map((at, index) => {
    const points = data.series.map((series) => series.points[index]);
    const isOpen = points.some((point) => point?.complete === false);
    return [
      `${showBucket(at, data.interval, timezone)}${isOpen ? ' (incomplete)' : ''}`,
      ...points.flatMap((point) =>
        hasPrevious ? [showCount(point?.value), showCount(point?.previous)] : [showCount(point?.value)],
      ),
    ];
  });
  const totals = data.series.flatMap((series) =>
    hasPrevious ? [showCount(series.total), ''] : [showCount(series.total)],
  );
  return drawGrid(columns, [...rows, ['total', ...totals]]);
}

function stepRows(steps: readonly FunnelStepResult[]): string[][] {
  return steps.map((step, index) => [
    `${index + 1}. ${step.label}`,
    showCount(step.count),
    showRate(step.ofFirst),
    showRate(step.ofPrevious),
    showCount(step.dropped),
    showCount(step.undecided),
    showDuration(step.secondsFromPrevious.median),
  ]);
}

const STEP_COLUMNS = [
  left('step'),
  right('count'),
  right('of first'),
  right('of previous'),
  right('dropped'),
  right('undecided'),
  right('median time'),
];

function drawFunnel(data: FunnelData): string {
  const groups = (data.breakdown ?? []).map(
    ({ value, steps }) => `\n${value}\n${drawGrid(STEP_COLUMNS, stepRows(steps))}`,
  );
  return drawGrid(STEP_COLUMNS, stepRows(data.steps)) + groups.join('');
}

function drawPaths(data: PathsData): string {
  const rows = data.links.map((link) => [String(link.position), link.from, link.to, showCount(link.count)]);
  const unit = data.unit === 'session' ? 'sessions' : 'users';
  return `${showCount(data.units)} ${unit}\n\n${drawGrid([right('position'), left('from'), left('to'), right('count')], rows)}`;
}

function drawRetention(data: RetentionData, timezone: string): string {
  const periods = Math.max(0, ...data.cohorts.map((cohort) => cohort.cells.length));
  const headings = Array.from({ length: periods }, (_, period) => right(`${data.interval} ${period}`));
  const rows = data.cohorts.map((cohort) => [
    showBucket(cohort.at, data.interval, timezone),
    showCount(cohort.size),
    ...cohort.cells.map((cell) => {
      const rate = cohort.size === 0 ? null : cell.users / cohort.size;
      return `${showRate(rate)}${cell.complete ? '' : '*'}`;
    }),
  ]);
  const mean = ['mean', '', ...data.mean.map(showRate)];
  return `${drawGrid([left('cohort'), right('size'), ...headings], [...rows, mean])}* incomplete\n`;
}

function drawUsers(data: UsersData, timezone: string): string {
  const rows = data.users.map((user) => [
    user.userId,
    showText(user.name),
    showText(user.email),
    showText(user.device),
    showText(user.country),
    user.lastActiveAt === null ? showText(null) : showInstant(user.lastActiveAt, timezone),
    showCount(user.sessions),
    showCount(user.events),
    showCount(user.purchases),
  ]);
  const columns = [
    ...['user', 'name', 'e-mail', 'device', 'country', 'last active'].map(left),
    ...['sessions', 'events', 'purchases'].map(right),
  ];
  const total = `${data.total.exact ? '' : 'about '}${showCount(data.total.count)} users`;
  const more = data.next === null ? '' : `next page: "after": ${JSON.stringify(data.next)}\n`;
  return `${total}\n\n${drawGrid(columns, rows)}${more}`;
}

function drawJourney(data: JourneyData, timezone: string): string {
  const { user, totals } = data;
  const head = [
    `${user.userId}${user.name === null ? '' : `  ${user.name}`}${user.email === null ? '' : `  ${user.email}`}`,
    ...(user.aliases.length === 0 ? [] : [`also known as ${user.aliases.join(', ')}`]),
    `${showCount(totals.sessions)} sessions, ${showCount(totals.events)} events, ${showCount(totals.purchases)} purchases, ${showDuration(totals.seconds)}`,
  ];
  const sessions = data.sessions.map((session) => {
    const rows = session.events.map((event) => [
      showInstant(event.at, timezone),
      event.type,
      showText(event.page?.path),
      showDuration(event.durationSec),
    ]);
    const where = [session.device, session.browser, session.os, session.country]
      .filter((part) => part !== null)
      .join(', ');
    return `\nsession ${session.sessionId}  ${showInstant(session.startedAt, timezone)}  ${showDuration(session.durationSeconds)}  ${where}\n${drawGrid([left('at'), left('event'), left('page'), right('time')], rows)}`;
  });
  const more = data.next === null ? '' : `\nnext page: "after": ${JSON.stringify(data.next)}\n`;
  return `${head.join('\n')}\n${sessions.join('')}${more}`;
}

function drawList(users: readonly ListedUser[]): string {
  const rows = users.map((user) => [
    user.userId,
    showText(user.sessionId),
    showText(user.reachedStep?.toString()),
    showText(user.reason),
  ]);
  return `${showCount(users.length)} rows\n\n${drawGrid(['user', 'session', 'reached step', 'reason'].map(left), rows)}`;
}

function drawData(result: AnyResult): string {
  const { timezone } = result.provenance;
  switch (result.kind) {
    case 'kpis':
      return drawKpis(result.data);
    case 'trend':
      return drawTrend(result.data, timezone);
    case 'funnel':
      return drawFunnel(result.data);
    case 'paths':
      return drawPaths(result.data);
    case 'retention':
      return drawRetention(result.data, timezone);
    case 'users':
      return drawUsers(result.data, timezone);
    case 'journey':
      return drawJourney(result.data, timezone);
  }
}

function listOf(result: AnyResult): readonly ListedUser[] | undefined {
  if (result.users) return result.users;
  return result.kind === 'kpis' || result.kind === 'users' || result.kind === 'journey'
    ? undefined
    : result.data.users;
}

/** A result for reading in a terminal: title, range and zone, the figures, the list when there is one. */
export function drawResult(result: AnyResult): string {
  const { from, to, timezone, dataThrough, executor } = result.provenance;
  const heading = [
    result.title === '' ? result.kind : `${result.title} (${result.kind})`,
    `${showInstant(from, timezone)} to ${showInstant(to, timezone)} (${timezone}); data through ${dataThrough === null ? 'nothing yet' : showInstant(dataThrough, timezone)}; by ${executor}`,
  ].join('\n');
  const list = listOf(result);
  return `${heading}\n\n${drawData(result)}${list ? `\n${drawList(list)}` : ''}`;
}
