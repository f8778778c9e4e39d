import { parseReport, type Report, type ReportInput } from '../../../src/shared/reports/report';
import type { AnyResult } from '../../../src/shared/reports/result';
import { END_AT, FROM, TIMEZONE } from '../questions';

/** One question, as a report and as SQL; rows of numbers and texts that must be equal. */
export interface ColumnQuestion {
  readonly name: string;
  readonly report: Report;
  readonly rowsOf: (result: AnyResult) => unknown[][];
  /** `T` stands for the table; ClickHouse runs it in both sort orders and the better one counts. */
  readonly clickhouse: string;
  readonly duckdb: string;
}

const RANGE = { from: '2026-04-02', to: '2026-06-30', timezone: TIMEZONE };
const LAST_30 = { ...RANGE, from: '2026-06-01' };
/** Two hours ahead of UTC on every day of the data. */
export const OFFSET_MS = 7_200_000;
export const DAY_MS = 86_400_000;
const WINDOW_DAYS = 14;
export const WINDOW_MS = WINDOW_DAYS * DAY_MS;
export const STEPS = ['product_view', 'add_to_cart', 'checkout_start', 'purchase'];
export const EIGHT = ['page_visit', 'search', ...STEPS, 'login', 'plan_change'];

const dayOf = (at: string): number => (Date.parse(at) + OFFSET_MS) / DAY_MS;
const quoted = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(', ');

const chDay = `intDiv(ts + ${OFFSET_MS}, ${DAY_MS})`;
const duckDay = `(ts + ${OFFSET_MS}) // ${DAY_MS}`;

function chFunnel(steps: readonly string[], key: string): string {
  const conditions = steps.map((step) => `eventType = '${step}'`).join(', ');
  const keys = key === '' ? '' : `${key}, `;
  const counts = steps.map((_, index) => `countIf(level > ${index})`).join(', ');
  return `SELECT ${keys}${counts} FROM (SELECT uid, ${key === '' ? '' : `any(${key}) AS ${key}, `}windowFunnel(${WINDOW_MS})(toUInt64(ts), ${conditions}) AS level FROM T WHERE eventType IN (${quoted(steps)}) GROUP BY uid) WHERE level > 0${key === '' ? '' : ` GROUP BY ${key} ORDER BY ${key}`}`;
}

/** The latest opening that has come so far at each event, step by step, as windows inside each other. */
function duckFunnel(steps: readonly string[], key: string): string {
  const window = 'OVER (PARTITION BY uid ORDER BY ts, seq)';
  let query = `SELECT uid, ts, seq, eventType, ${key === '' ? '0 AS k' : `${key} AS k`}, max(CASE WHEN eventType = '${steps[0] ?? ''}' THEN ts END) ${window} AS o1 FROM events WHERE eventType IN (${quoted(steps)})`;
  steps.slice(1).forEach((step, index) => {
    const before = `o${index + 1}`;
    query = `SELECT *, max(CASE WHEN eventType = '${step}' AND ts - ${before} <= ${WINDOW_MS} THEN ${before} END) ${window} AS o${index + 2} FROM (${query})`;
  });
  const counts = steps.map((_, index) => `count(m${index + 1})`).join(', ');
  const most = steps.map((_, index) => `max(o${index + 1}) AS m${index + 1}`).join(', ');
  const grouped = `SELECT uid, any_value(k) AS k, ${most} FROM (${query}) GROUP BY uid`;
  return key === ''
    ? `SELECT ${counts} FROM (${grouped})`
    : `SELECT k, ${counts} FROM (${grouped}) WHERE m1 IS NOT NULL GROUP BY k ORDER BY k`;
}

function ask(
  name: string,
  keys: Record<string, unknown>,
  rowsOf: ColumnQuestion['rowsOf'],
  clickhouse: string,
  duckdb: string,
): ColumnQuestion {
  const report = parseReport({ version: 1, title: name, range: RANGE, ...keys } as ReportInput);
  return { name, report, rowsOf, clickhouse, duckdb };
}

function kpiRow({ data }: AnyResult): unknown[][] {
  if (!('pageViews' in data)) throw new Error('Expected key figures.');
  return [[data.users, data.sessions, data.events, data.pageViews, data.purchases]];
}

function stepRow({ data }: AnyResult): unknown[][] {
  if (!('entrants' in data)) throw new Error('Expected a funnel.');
  return [data.steps.map(({ count }) => count)];
}

const KPIS = "count(), countIf(eventType = 'page_visit'), countIf(eventType = 'purchase')";
const DUCK_KPIS =
  "count(DISTINCT uid), count(DISTINCT sid), count(*), count(*) FILTER (eventType = 'page_visit'), count(*) FILTER (eventType = 'purchase')";
const byText = (a: unknown[], b: unknown[]): number => (String(a) < String(b) ? -1 : 1);
export const DROP_OFF = '(drop-off)';

/** The questions of the comparison with other engines, over all 90 days. */
export const COLUMN_QUESTIONS: readonly ColumnQuestion[] = [
  ask(
    'KPIs',
    { kind: 'kpis' },
    kpiRow,
    `SELECT uniqExact(uid), uniqExact(sid), ${KPIS} FROM T`,
    `SELECT ${DUCK_KPIS} FROM events`,
  ),
  ask(
    'trend day × type',
    { kind: 'trend', breakdown: 'eventType', limit: 100 },
    ({ data }) => {
      if (!('series' in data)) throw new Error('Expected a trend.');
      return data.series
        .flatMap(({ key, points }) => points.map(({ at, value }) => [key, dayOf(at), value]))
        .filter(([, , value]) => value !== 0)
        .sort(byText);
    },
    `SELECT toString(eventType), ${chDay} AS d, count() FROM T GROUP BY eventType, d`,
    `SELECT eventType, ${duckDay} AS d, count(*) FROM events GROUP BY eventType, d`,
  ),
  ask(
    'KPIs of a device',
    { kind: 'kpis', filters: [{ field: 'device', op: 'eq', value: 'mobile' }] },
    kpiRow,
    `SELECT uniqExact(uid), uniqExact(sid), ${KPIS} FROM T WHERE device = 'mobile'`,
    `SELECT ${DUCK_KPIS} FROM events WHERE device = 'mobile'`,
  ),
  ask(
    'funnel, 4 steps',
    { kind: 'funnel', steps: STEPS, windowSeconds: WINDOW_DAYS * 86_400 },
    stepRow,
    chFunnel(STEPS, ''),
    duckFunnel(STEPS, ''),
  ),
  ask(
    'funnel, 8 steps',
    { kind: 'funnel', steps: EIGHT, windowSeconds: WINDOW_DAYS * 86_400 },
    stepRow,
    chFunnel(EIGHT, ''),
    duckFunnel(EIGHT, ''),
  ),
  ask(
    'funnel by country',
    { kind: 'funnel', steps: STEPS, windowSeconds: WINDOW_DAYS * 86_400, breakdown: 'country', limit: 100 },
    ({ data }) => {
      if (!('entrants' in data)) throw new Error('Expected a funnel.');
      return (data.breakdown ?? [])
        .map(({ value, steps }) => [value, ...steps.map(({ count }) => count)])
        .sort(byText);
    },
    // A person of the sample has one country.
    chFunnel(STEPS, 'country'),
    duckFunnel(STEPS, 'country'),
  ),
  ask(
    'retention, 30 days',
    { kind: 'retention', start: '*', range: LAST_30, periods: 30 },
    ({ data }) => {
      if (!('cohorts' in data)) throw new Error('Expected retention.');
      return data.cohorts
        .flatMap(({ at, cells }) => cells.map(({ period, users }) => [dayOf(at), period, users]))
        .filter(([, , users]) => users !== 0)
        .sort(byText);
    },
    `SELECT c, p, count() FROM (SELECT min(d) AS c, arrayJoin(groupUniqArray(d)) - c AS p FROM (SELECT uid, ${chDay} AS d FROM T) GROUP BY uid) WHERE c >= ${(FROM + OFFSET_MS) / DAY_MS} AND p <= 30 GROUP BY c, p`,
    `SELECT c, d - c AS p, count(*) FROM (SELECT DISTINCT uid, ${duckDay} AS d FROM events) JOIN (SELECT uid, min(${duckDay}) AS c FROM events GROUP BY uid) USING (uid) WHERE c >= ${(FROM + OFFSET_MS) / DAY_MS} AND d - c <= 30 GROUP BY ALL`,
  ),
  ask(
    'paths, 5 steps',
    { kind: 'paths', steps: 5, topNodes: 50 },
    ({ data }) => {
      if (!('links' in data)) throw new Error('Expected paths.');
      return data.links.map(({ position, from, to, count }) => [position, from, to, count]).sort(byText);
    },
    `SELECT link.1, link.2, link.3, count() FROM (SELECT arraySlice(arrayCompact(arrayMap(x -> x.2, arraySort(x -> x.1, groupArray((seq, toString(eventType)))))), 1, 5) AS path, arrayJoin(arrayZip(arrayEnumerate(path), path, arrayPushBack(arrayPopFront(path), if(length(path) < 5, '${DROP_OFF}', '')))) AS link FROM T GROUP BY uid, sid) WHERE link.3 != '' GROUP BY link`,
    `SELECT pos, eventType, coalesce(nxt, '${DROP_OFF}'), count(*) FROM (SELECT eventType, row_number() OVER w AS pos, lead(eventType) OVER w AS nxt FROM (SELECT uid, sid, seq, eventType, lag(eventType) OVER (PARTITION BY uid, sid ORDER BY seq) AS prev FROM events) WHERE prev IS DISTINCT FROM eventType WINDOW w AS (PARTITION BY uid, sid ORDER BY seq)) WHERE pos < 5 GROUP BY ALL`,
  ),
  ask(
    'p90 of a duration',
    {
      kind: 'trend',
      measure: { aggregate: 'p90', field: 'durationSec' },
      filters: [{ field: 'durationSec', op: 'exists', value: true }],
    },
    ({ data }) => {
      if (!('series' in data)) throw new Error('Expected a trend.');
      return (data.series[0]?.points ?? []).map(({ at, value }) => [dayOf(at), value]).sort(byText);
    },
    // The level lies a trifle lower, so that a whole rank is not passed over: nearest rank, as here.
    `SELECT ${chDay} AS d, quantileExact(0.899999999999)(assumeNotNull(duration)) FROM T WHERE duration IS NOT NULL GROUP BY d`,
    `SELECT ${duckDay} AS d, quantile_disc(duration, 0.9) FROM events WHERE duration IS NOT NULL GROUP BY d`,
  ),
];

export { END_AT };
