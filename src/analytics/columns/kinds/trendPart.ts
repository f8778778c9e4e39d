import type { TimeAxis } from '../../../shared/time/axisPoint';
import { assignSeries, type SeriesChoice } from '../../kernels/series';
import {
  countEvents,
  countSessions,
  countUsers,
  sampleRows,
  type SeriesCounts,
  type SeriesSamples,
  type TrendScan,
} from '../kernels/trend';
import {
  countBins,
  numbersInBins,
  type BinCounts,
  type BinnedNumbers,
  type WantedBins,
} from '../kernels/percentiles';
import { rowValues } from '../scan/breakdown';
import { numbersOf } from '../scan/numbers';
import { pointsOf } from '../scan/points';
import { toRowNumbers, type RowNumbers } from '../scan/rowNumbers';
import { both, isOfEventAlone, isOfEvents, maskEvent, maskCounted, testFilters } from '../scan/rowMask';
import type { Sessions } from '../table/sessions';
import { releaseBuffers } from '../workers/ownBuffers';
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
  /** How the numbers of a percentile are asked for: counts by bin, then the numbers of some bins; else all of them. */
  readonly bins?: 'count' | WantedBins;
  /** The point and series whose units are asked for; series null: any. */
  readonly listed?: { readonly point: number; readonly series: number | null };
}

/** Figures by series: those of the query's choice, or one for each of `names`. */
export interface TrendPart {
  /** Without a choice: the values of the breakdown that counted rows hold. */
  readonly names: readonly string[];
  /** Without a choice, cells may be left out where there would be too many. */
  readonly counts: SeriesCounts | null;
  /** Of an aggregate: the numbers of each cell, cell after cell. */
  readonly samples: SeriesSamples | null;
  /** Of a percentile asked for by bins. */
  readonly binCounts?: BinCounts;
  readonly binned?: BinnedNumbers;
  /** Points of the cells; 1 where they were left out. */
  readonly pointCount: number;
  readonly listed: readonly UnitRef[];
}

/** The one series of rows without a breakdown. */
const ALL_NAMES = ['all'];

interface Period {
  readonly scan: Omit<TrendScan, 'seriesOf' | 'seriesCount'>;
  /** Names of the breakdown's values; one without a breakdown. */
  readonly names: readonly string[];
  readonly sessions: Sessions | null;
}

/** More cells than this are not kept for values that are only to be ranked. */
const MOST_RANKED_CELLS = 200_000;

function scanPeriod(context: PartContext<'trend'>, { range, axis }: TrendQuery): Period {
  const { report, data, sessionGapMs } = context;
  const { table } = data;
  const tests = maskContext(context, range);
  const sessions = report.measure === 'sessions' ? table.sessions(sessionGapMs) : null;
  const values = report.breakdown === undefined ? null : rowValues(data, report.breakdown);
  const scan = {
    layout: table.layout,
    mask: both(maskCounted(tests, report.filters), maskEvent(tests, report.event)),
    points: sessions
      ? pointsOf(sessions.startedAt, axis, range.from, range.to)
      : table.points(axis, range.from, range.to),
    pointCount: axis.starts.length,
    values: values?.ofRow ?? null,
  };
  return { scan, names: values?.names ?? ALL_NAMES, sessions };
}

/** The values that counted rows hold; only they stand in a breakdown. */
function heldValues({ layout, mask, points, values }: Period['scan'], valueCount: number): number[] {
  const isHeld = new Uint8Array(valueCount);
  for (let row = 0; row < layout.rows; row++) {
    if ((points[row] as number) < 0 || (mask !== null && mask[row] === 0)) continue;
    isHeld[values === null ? 0 : (values[row] as number)] = 1;
  }
  return [...isHeld.keys()].filter((value) => isHeld[value] === 1);
}

/** All points as one. */
function collapse(scan: Period['scan']): Period['scan'] {
  return { ...scan, points: scan.points.map((point) => (point < 0 ? -1 : 0)), pointCount: 1 };
}

/** The people, or sessions, behind a point: those with a counted row there. */
function unitsBehind(
  { scan, sessions }: Period,
  seriesOf: Int32Array,
  wanted: { readonly point: number; readonly series: number | null },
): Set<number> {
  const found = new Set<number>();
  const { start, people, rows } = scan.layout;
  for (let unit = 0; unit < (sessions?.count ?? people); unit++) {
    const first = (sessions?.first ?? start)[unit] as number;
    const end = sessions ? first + (sessions.events[unit] as number) : (start[unit + 1] as number);
    for (let place = first; place < end; place++) {
      const row = sessions && first >= rows ? (sessions.apart[place - rows] as number) : place;
      if (scan.mask !== null && scan.mask[row] === 0) continue;
      const series = seriesOf[scan.values === null ? 0 : (scan.values[row] as number)];
      if (wanted.series !== null && series !== wanted.series) continue;
      if (scan.points[sessions ? unit : row] === wanted.point) found.add(unit);
    }
  }
  return found;
}

function countUnits(scan: TrendScan, unit: 'events' | 'users', sessions: Sessions | null): SeriesCounts {
  if (sessions) return countSessions(scan, sessions);
  return unit === 'users' ? countUsers(scan) : countEvents(scan);
}

/** Every value of the breakdown as a series of its own, those that counted rows hold. */
function figuresByValue(
  context: PartContext<'trend'>,
  query: TrendQuery,
  { scan, names, sessions }: Period,
): TrendPart {
  const { measure } = context.report;
  const own = names.length * scan.pointCount > MOST_RANKED_CELLS ? collapse(scan) : scan;
  const { pointCount } = own;
  const seriesOf = Int32Array.from(names.keys());
  const all: TrendScan = { ...own, seriesOf, seriesCount: names.length };
  if (typeof measure === 'object') {
    const held = heldValues(own, names.length);
    seriesOf.fill(-1);
    held.forEach((value, series) => (seriesOf[value] = series));
    const samples = sampleRows(
      { ...all, seriesCount: held.length },
      allNumbers(context, query, measure.field),
    );
    const shown = held.map((value) => names[value] ?? '');
    return { names: shown, counts: null, samples, pointCount, listed: [] };
  }
  const { totals, cells } = countUnits(all, measure === 'users' ? 'users' : 'events', sessions);
  const held = [...totals.keys()].filter((value) => totals[value] !== 0);
  const counts = { totals: new Float64Array(held.length), cells: new Float64Array(held.length * pointCount) };
  held.forEach((value, series) => {
    counts.totals[series] = totals[value] as number;
    counts.cells.set(cells.subarray(value * pointCount, (value + 1) * pointCount), series * pointCount);
  });
  const shown = held.map((value) => names[value] ?? '');
  return { names: shown, counts, samples: null, pointCount, listed: [] };
}

/** Numbers of all rows in range, with their rows: whatever is asked of them later. */
function allNumbers(
  context: PartContext<'trend'>,
  { axis, range: { from, to } }: TrendQuery,
  field: string,
): RowNumbers {
  const { data, sessionGapMs } = context;
  const { table } = data;
  const make = (): RowNumbers =>
    toRowNumbers(numbersOf(data, field, sessionGapMs), table.points(axis, from, to), axis.starts.length, {
      mask: null,
      hasRows: true,
    });
  // Those of users change with their documents, which the table knows nothing of.
  return field.startsWith('user.')
    ? context.memo(`numbers ${from} ${to}`, make)
    : table.numbers(`${field} ${sessionGapMs}`, axis, from, to, make);
}

/** Numbers to be counted by bins, and the rows that they are of. */
interface CountedNumbers {
  readonly numbers: RowNumbers;
  readonly scan: TrendScan;
}

/**
 * Of the rows that pass alone, which then all count, where neither a breakdown nor anything but the event decides it;
 * else null. Once the numbers are kept, nobody asks again which rows pass.
 */
function passingNumbers(
  context: PartContext<'trend'>,
  query: TrendQuery,
  field: string,
  choice: SeriesChoice,
): CountedNumbers | null {
  const { data, report, sessionGapMs } = context;
  const { filters, event } = report;
  if (data.superseded !== null || report.breakdown !== undefined || field.startsWith('user.')) return null;
  if (!filters.every(isOfEvents) || !isOfEventAlone(event)) return null;
  const { axis, range } = query;
  const { table } = data;
  const points = table.points(axis, range.from, range.to);
  const pointCount = axis.starts.length;
  const key = `${field} ${sessionGapMs} ${JSON.stringify([filters, event])}`;
  const numbers = table.numbers(key, axis, range.from, range.to, () => {
    const tests = maskContext(context, range);
    const passes = testFilters(tests, filters);
    const wanted = { mask: both(passes, maskEvent(tests, event)), hasRows: false };
    const made = toRowNumbers(numbersOf(data, field, sessionGapMs), points, pointCount, wanted);
    if (passes) releaseBuffers([passes.buffer]);
    return made;
  });
  const series = { seriesOf: assignSeries(ALL_NAMES, choice), seriesCount: choice.keys.length };
  return { numbers, scan: { layout: table.layout, mask: null, points, pointCount, values: null, ...series } };
}

/** What a percentile is asked for by bins. */
function partOfBins({ numbers, scan }: CountedNumbers, bins: 'count' | WantedBins): TrendPart {
  const none = { names: [], pointCount: scan.pointCount, listed: [], counts: null, samples: null };
  return bins === 'count'
    ? { ...none, binCounts: countBins(scan, numbers) }
    : { ...none, binned: numbersInBins(scan, numbers, bins) };
}

/** The figures of a part. @throws NotAColumn */
export function trendPart(context: PartContext<'trend'>, query: TrendQuery): TrendPart {
  const { report, data } = context;
  const { choice, bins } = query;
  const { measure } = report;
  if (typeof measure === 'object' && choice !== null && bins !== undefined && !query.listed) {
    const passing = passingNumbers(context, query, measure.field, choice);
    if (passing) return partOfBins(passing, bins);
  }
  const key = JSON.stringify([query.range, query.axis.segments]);
  const period = context.memo(key, () => scanPeriod(context, query));
  if (choice === null) return figuresByValue(context, query, period);
  const { names, sessions } = period;
  const seriesOf = assignSeries(names, choice);
  const scan: TrendScan = { ...period.scan, seriesOf, seriesCount: choice.keys.length };
  const units = query.listed ? [...unitsBehind(period, seriesOf, query.listed)] : [];
  const listed = units.map((unit) => (sessions ? sessionRef(data, sessions, unit) : personRef(data, unit)));
  const common = { names: [], pointCount: scan.pointCount, listed };
  if (typeof measure === 'object') {
    const numbers = allNumbers(context, query, measure.field);
    if (bins === undefined) return { ...common, counts: null, samples: sampleRows(scan, numbers) };
    return { ...partOfBins({ numbers, scan }, bins), listed };
  }
  return {
    ...common,
    counts: countUnits(scan, measure === 'users' ? 'users' : 'events', sessions),
    samples: null,
  };
}
