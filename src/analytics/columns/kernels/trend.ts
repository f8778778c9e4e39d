import type { RowMask } from '../scan/rowMask';
import type { Layout } from '../table/layout';
import type { Sessions } from '../table/sessions';

/** What a trend counts over: rows, the point of each, and the value each stands in. */
export interface TrendScan {
  readonly layout: Layout;
  /** Rows that count; null: all. */
  readonly mask: RowMask | null;
  /** Point of each row; −1 outside the range. */
  readonly points: Int32Array;
  readonly pointCount: number;
  /** Breakdown value of each row; null without a breakdown (then there is one value, 0). */
  readonly values: ArrayLike<number> | null;
}

/** Counts of each series: over the range, and at each point (row-major: series · pointCount + point). */
export interface SeriesCounts {
  readonly totals: Float64Array;
  readonly cells: Float64Array;
}

const emptyCounts = (series: number, points: number): SeriesCounts => ({
  totals: new Float64Array(series),
  cells: new Float64Array(series * points),
});

/**
 * Counts rows, or distinct people, by series and point, in one scan over the rows of person after person.
 * @param seriesOf series of each value; −1 leaves the value out
 */
export function countRows(
  scan: TrendScan,
  seriesOf: Int32Array,
  seriesCount: number,
  unit: 'events' | 'users',
): SeriesCounts {
  const { layout, mask, points, pointCount, values } = scan;
  const counts = emptyCounts(seriesCount, pointCount);
  const { totals, cells } = counts;
  const unique = unit === 'users';
  const inTotal = new Int32Array(unique ? seriesCount : 0).fill(-1);
  const inCell = new Int32Array(unique ? seriesCount * pointCount : 0).fill(-1);
  for (let person = 0; person < layout.people; person++) {
    const end = layout.start[person + 1] as number;
    for (let row = layout.start[person] as number; row < end; row++) {
      const point = points[row] as number;
      if (point < 0 || (mask !== null && mask[row] === 0)) continue;
      const series = seriesOf[values === null ? 0 : (values[row] as number)] as number;
      if (series < 0) continue;
      const cell = series * pointCount + point;
      if (!unique || inCell[cell] !== person) cells[cell] = (cells[cell] as number) + 1;
      if (!unique || inTotal[series] !== person) totals[series] = (totals[series] as number) + 1;
      if (unique) {
        inCell[cell] = person;
        inTotal[series] = person;
      }
    }
  }
  return counts;
}

/**
 * Counts sessions by series and the point at which they start: each once in every series that one of its
 * matching rows stands in. `scan.points` is ignored.
 * @param startPoints point of each session's start; −1 when it starts outside the range
 */
export function countSessions(
  scan: TrendScan,
  sessions: Sessions,
  startPoints: Int32Array,
  seriesOf: Int32Array,
  seriesCount: number,
): SeriesCounts {
  const { layout, mask, pointCount, values } = scan;
  const counts = emptyCounts(seriesCount, pointCount);
  // Sessions of one person may overlap, so rows are visited session by session.
  const order = sessions.rowsInOrder;
  const last = new Int32Array(seriesCount).fill(-1);
  for (let index = 0; index < layout.rows; index++) {
    const row = order === null ? index : (order[index] as number);
    const session = sessions.ofRow[row] as number;
    const point = startPoints[session] as number;
    if (point < 0 || (mask !== null && mask[row] === 0)) continue;
    const series = seriesOf[values === null ? 0 : (values[row] as number)] as number;
    if (series < 0 || last[series] === session) continue;
    last[series] = session;
    counts.totals[series] = (counts.totals[series] as number) + 1;
    const cell = series * pointCount + point;
    counts.cells[cell] = (counts.cells[cell] as number) + 1;
  }
  return counts;
}

/** The numbers of each cell, and of each series over the range, in ascending order. */
export interface SeriesSamples {
  readonly totals: readonly Float64Array[];
  readonly cells: readonly Float64Array[];
}

/** Sorts the numbers of the counted rows into series and points (NaN: no number). */
export function sampleRows(
  scan: TrendScan,
  numbers: Float64Array,
  seriesOf: Int32Array,
  seriesCount: number,
): SeriesSamples {
  const { layout, mask, points, pointCount, values } = scan;
  const cellCount = seriesCount * pointCount;
  const cellOf = (row: number): number => {
    const point = points[row] as number;
    if (point < 0 || (mask !== null && mask[row] === 0) || Number.isNaN(numbers[row])) return -1;
    const series = seriesOf[values === null ? 0 : (values[row] as number)] as number;
    return series < 0 ? -1 : series * pointCount + point;
  };
  const sizes = new Uint32Array(cellCount);
  for (let row = 0; row < layout.rows; row++) {
    const cell = cellOf(row);
    if (cell >= 0) sizes[cell] = (sizes[cell] as number) + 1;
  }
  const starts = new Uint32Array(cellCount + 1);
  for (let cell = 0; cell < cellCount; cell++)
    starts[cell + 1] = (starts[cell] as number) + (sizes[cell] as number);
  const all = new Float64Array(starts[cellCount] as number);
  const next = starts.slice();
  for (let row = 0; row < layout.rows; row++) {
    const cell = cellOf(row);
    if (cell < 0) continue;
    const at = next[cell] as number;
    all[at] = numbers[row] as number;
    next[cell] = at + 1;
  }
  const sliceSorted = (from: number, to: number): Float64Array => all.slice(from, to).sort();
  return {
    cells: Array.from({ length: cellCount }, (_, cell) =>
      sliceSorted(starts[cell] as number, starts[cell + 1] as number),
    ),
    totals: Array.from({ length: seriesCount }, (_, series) =>
      sliceSorted(starts[series * pointCount] as number, starts[(series + 1) * pointCount] as number),
    ),
  };
}
