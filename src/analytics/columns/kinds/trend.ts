import type { Measure } from '../../../shared/reports/report';
import type { ListedUser } from '../../../shared/reports/result';
import { createAxis } from '../../../shared/time/axis';
import type { TimeAxis } from '../../../shared/time/axisPoint';
import { comparedRange, type ResolvedRange } from '../../../shared/time/range';
import type { KindAnswer } from '../../engine/context';
import { findPoint, sortListed } from '../../engine/lists';
import { assembleTrend, chooseTrendSeries, type TrendFigures } from '../../engine/trend/assemble';
import { assignSeries, type SeriesChoice } from '../../kernels/series';
import { aggregateSorted } from '../kernels/aggregate';
import { countRows, countSessions, sampleRows, type SeriesCounts, type TrendScan } from '../kernels/trend';
import { rowValues } from '../scan/breakdown';
import { numbersOf } from '../scan/numbers';
import { pointsOf } from '../scan/points';
import { both, maskEvent, maskFilters } from '../scan/rowMask';
import type { Sessions } from '../table/sessions';
import { listPeople, listSessions, maskContext, type ColumnContext } from './context';

/** One period of a trend over columns. */
interface Period {
  readonly scan: TrendScan;
  readonly names: readonly string[];
  readonly spread: (seriesOf: Int32Array) => Int32Array;
  readonly axis: TimeAxis;
  readonly figures: TrendFigures;
  readonly sessions: Sessions | null;
  /** Point of each session's start; −1 outside the range. */
  readonly startPoints: Int32Array;
}

/** A kernel's counts as rows of points. */
function toRows({ totals, cells }: SeriesCounts, points: number): ReturnType<TrendFigures['bySeries']> {
  return {
    totals: Array.from(totals),
    values: Array.from(totals, (_, series) =>
      Array.from(cells.subarray(series * points, (series + 1) * points)),
    ),
  };
}

type Counter = (seriesOf: Int32Array, count: number) => SeriesCounts;

function countFigures(names: readonly string[], pointCount: number, count: Counter): TrendFigures {
  const each = Int32Array.from(names, (_, index) => index);
  return {
    names,
    rankingTotals: () => Array.from(count(each, names.length).totals),
    bySeries: (seriesOf, seriesCount) => toRows(count(seriesOf, seriesCount), pointCount),
  };
}

function aggregateFigures(
  context: ColumnContext<'trend'>,
  scan: TrendScan,
  names: readonly string[],
  measure: Extract<Measure, object>,
  spread: (seriesOf: Int32Array) => Int32Array,
): TrendFigures {
  const numbers = numbersOf(context.data, measure.field, context.sessionGapMs);
  const isDuration = measure.field === 'durationSec';
  const summarise = (sorted: Float64Array): number | null =>
    aggregateSorted(sorted, measure.aggregate, isDuration);
  const each = Int32Array.from(names, (_, index) => index);
  return {
    names,
    rankingTotals: () => sampleRows(scan, numbers, spread(each), names.length).totals.map(summarise),
    bySeries: (seriesOf, seriesCount) => {
      const { totals, cells } = sampleRows(scan, numbers, spread(seriesOf), seriesCount);
      const { pointCount } = scan;
      return {
        totals: totals.map(summarise),
        values: totals.map((_, series) =>
          cells.slice(series * pointCount, (series + 1) * pointCount).map(summarise),
        ),
      };
    },
  };
}

/** The values that counted rows hold; only they stand in a breakdown. */
function heldValues(
  scan: TrendScan,
  valueCount: number,
  sessions: Sessions | null,
  startPoints: Int32Array,
): Int32Array {
  const isHeld = new Uint8Array(valueCount);
  const { values, mask, points, layout } = scan;
  if (values === null) return new Int32Array();
  for (let row = 0; row < layout.rows; row++) {
    const point = sessions ? startPoints[sessions.ofRow[row] as number] : points[row];
    if ((point as number) >= 0 && (mask === null || mask[row] === 1)) isHeld[values[row] as number] = 1;
  }
  return Int32Array.from(isHeld.keys()).filter((value) => isHeld[value] === 1);
}

function scanPeriod(context: ColumnContext<'trend'>, range: ResolvedRange): Period {
  const { report, data, sessionGapMs } = context;
  const { table } = data;
  const axis = createAxis(range, report.interval, context.dataThrough);
  const tests = maskContext(context, range);
  const bySession = report.measure === 'sessions';
  const sessions = bySession ? table.sessions(sessionGapMs) : null;
  const values = report.breakdown === undefined ? null : rowValues(data, report.breakdown);
  const pointCount = axis.starts.length;
  const scan: TrendScan = {
    layout: table.layout,
    mask: both(maskFilters(tests, report.filters), maskEvent(tests, report.event)),
    points: sessions ? new Int32Array(0) : pointsOf(table.at, axis, range.from, range.to),
    pointCount,
    values: values?.ofRow ?? null,
  };
  const startPoints = sessions ? pointsOf(sessions.startedAt, axis, range.from, range.to) : new Int32Array(0);
  const held = values === null ? null : heldValues(scan, values.names.length, sessions, startPoints);
  const names = held === null ? ['all'] : Array.from(held, (value) => values?.names[value] ?? '');
  const { measure } = report;
  /** Series of every value, from those of the values held. */
  const spread = (seriesOf: Int32Array): Int32Array => {
    if (held === null) return seriesOf;
    const all = new Int32Array(values?.names.length ?? 0).fill(-1);
    held.forEach((value, index) => (all[value] = seriesOf[index] as number));
    return all;
  };
  const figures =
    typeof measure === 'object'
      ? aggregateFigures(context, scan, names, measure, spread)
      : countFigures(names, pointCount, (seriesOf, count) =>
          sessions
            ? countSessions(scan, sessions, startPoints, spread(seriesOf), count)
            : countRows(scan, spread(seriesOf), count, measure === 'users' ? 'users' : 'events'),
        );
  return { scan, names, spread, axis, figures, sessions, startPoints };
}

/** The people, or sessions, behind a point: those with a counted row there. */
function listBehind(
  context: ColumnContext<'trend'>,
  { scan, names, spread, axis, sessions, startPoints }: Period,
  choice: SeriesChoice,
): ListedUser[] {
  const wanted = context.report.users;
  if (!wanted) return [];
  const point = findPoint(axis, wanted.at, 'users.at');
  const series = wanted.series === undefined ? null : choice.keys.indexOf(wanted.series);
  if (series === -1) return [];
  const seriesOf = spread(assignSeries(names, choice));
  const units = new Set<number>();
  let person = 0;
  for (let row = 0; row < scan.layout.rows; row++) {
    while (row >= (scan.layout.start[person + 1] as number)) person++;
    if (scan.mask !== null && scan.mask[row] === 0) continue;
    if (series !== null && seriesOf[scan.values === null ? 0 : (scan.values[row] as number)] !== series)
      continue;
    const session = sessions?.ofRow[row];
    if (session === undefined) {
      if (scan.points[row] === point) units.add(person);
    } else if (startPoints[session] === point) units.add(session);
  }
  const found = [...units];
  return sortListed(sessions ? listSessions(context.data, sessions, found) : listPeople(context.data, found));
}

/** A trend from columns. @throws NotAColumn */
export function runTrend(context: ColumnContext<'trend'>): KindAnswer<'trend'> {
  const { report, range } = context;
  const period = scanPeriod(context, range);
  const choice = chooseTrendSeries(report, period.figures);
  const compared =
    report.compare === 'none' ? undefined : scanPeriod(context, comparedRange(range, report.compare)).figures;
  const data = assembleTrend(report, period.axis, choice, period.figures, compared);
  return { data: report.users ? { ...data, users: listBehind(context, period, choice) } : data };
}
