import type { TimeAxis } from '../../../shared/time/axisPoint';
import { assignSeries, type SeriesChoice } from '../../kernels/series';
import {
  countEvents,
  countSessions,
  countUsers,
  sampleRows,
  type SeriesCounts,
  type TrendScan,
} from '../kernels/trend';
import { rowValues } from '../scan/breakdown';
import { numbersOf } from '../scan/numbers';
import { pointsOf } from '../scan/points';
import { both, maskEvent, maskFilters } from '../scan/rowMask';
import type { Sessions } from '../table/sessions';
import {
  maskContext,
  personRef,
  sessionRef,
  type Instants,
  type PartContext,
  type UnitRef,
} from './partContext';

export interface TrendQuery {
  readonly range: Instants;
  readonly axis: TimeAxis;
  /** The series to fill; null: each value of the breakdown is one, so that they can be ranked. */
  readonly choice: SeriesChoice | null;
  /** The point and series whose units are asked for; series null: any. */
  readonly listed?: { readonly point: number; readonly series: number | null };
}

/** Figures by series; `names` are the values of the breakdown that counted rows hold. */
export interface TrendPart {
  readonly names: readonly string[];
  readonly counts: SeriesCounts | null;
  /** Of an aggregate: the numbers of each cell, cell after cell. */
  readonly samples: { readonly starts: Uint32Array; readonly samples: Float64Array } | null;
  readonly listed: readonly UnitRef[];
}

interface Period {
  readonly scan: Omit<TrendScan, 'seriesOf' | 'seriesCount'>;
  readonly names: readonly string[];
  /** The values that counted rows hold; only they stand in a breakdown. Null without one. */
  readonly held: Int32Array | null;
  readonly valueCount: number;
  readonly sessions: Sessions | null;
}

function heldValues(scan: Period['scan'], valueCount: number, sessions: Sessions | null): Int32Array {
  const isHeld = new Uint8Array(valueCount);
  const { values, mask, points, layout } = scan;
  if (values !== null) {
    for (let row = 0; row < layout.rows; row++) {
      const point = sessions ? points[sessions.ofRow[row] as number] : points[row];
      if ((point as number) >= 0 && (mask === null || mask[row] === 1)) isHeld[values[row] as number] = 1;
    }
  }
  return Int32Array.from(isHeld.keys()).filter((value) => isHeld[value] === 1);
}

function scanPeriod(context: PartContext<'trend'>, { range, axis }: TrendQuery): Period {
  const { report, data, sessionGapMs } = context;
  const { table } = data;
  const tests = maskContext(context, range);
  const sessions = report.measure === 'sessions' ? table.sessions(sessionGapMs) : null;
  const values = report.breakdown === undefined ? null : rowValues(data, report.breakdown);
  const scan = {
    layout: table.layout,
    mask: both(maskFilters(tests, report.filters), maskEvent(tests, report.event)),
    points: sessions
      ? pointsOf(sessions.startedAt, axis, range.from, range.to)
      : table.points(axis, range.from, range.to),
    pointCount: axis.starts.length,
    values: values?.ofRow ?? null,
  };
  const valueCount = values?.names.length ?? 1;
  const held = values === null ? null : heldValues(scan, valueCount, sessions);
  const names = held === null ? ['all'] : Array.from(held, (value) => values?.names[value] ?? '');
  return { scan, names, held, valueCount, sessions };
}

/** The people, or sessions, behind a point: those with a counted row there. */
function unitsBehind(
  { scan, sessions }: Period,
  seriesOf: Int32Array,
  wanted: { readonly point: number; readonly series: number | null },
): Set<number> {
  const units = new Set<number>();
  let person = 0;
  for (let row = 0; row < scan.layout.rows; row++) {
    while (row >= (scan.layout.start[person + 1] as number)) person++;
    if (scan.mask !== null && scan.mask[row] === 0) continue;
    const series = seriesOf[scan.values === null ? 0 : (scan.values[row] as number)];
    if (wanted.series !== null && series !== wanted.series) continue;
    const session = sessions?.ofRow[row];
    if (scan.points[session ?? row] === wanted.point) units.add(session ?? person);
  }
  return units;
}

/** The figures of a part. @throws NotAColumn */
export function trendPart(context: PartContext<'trend'>, query: TrendQuery): TrendPart {
  const { report, data } = context;
  const key = JSON.stringify([query.range, query.axis.segments]);
  const period = context.memo(key, () => scanPeriod(context, query));
  const { names, held, valueCount, sessions } = period;
  const series = query.choice ? assignSeries(names, query.choice) : Int32Array.from(names.keys());
  const seriesCount = query.choice?.keys.length ?? names.length;
  let seriesOf = series;
  if (held !== null) {
    seriesOf = new Int32Array(valueCount).fill(-1);
    held.forEach((value, index) => (seriesOf[value] = series[index] as number));
  }
  const scan: TrendScan = { ...period.scan, seriesOf, seriesCount };
  const units = query.listed ? [...unitsBehind(period, seriesOf, query.listed)] : [];
  const listed = units.map((unit) => (sessions ? sessionRef(data, sessions, unit) : personRef(data, unit)));
  const { measure } = report;
  if (typeof measure === 'object') {
    const numbers = context.memo('numbers', () => numbersOf(data, measure.field, context.sessionGapMs));
    return { names, counts: null, samples: sampleRows(scan, numbers), listed };
  }
  const counts = sessions
    ? countSessions(scan, sessions)
    : measure === 'users'
      ? countUsers(scan)
      : countEvents(scan);
  return { names, counts, samples: null, listed };
}
