import type { Points } from '../scan/points';
import type { RowMask } from '../scan/rowMask';
import type { PartLayout } from '../table/personTable';
import type { Sessions } from '../table/sessions';

/** What a trend counts over: rows, the point of each, and the series each stands in. */
export interface TrendScan {
  readonly layout: PartLayout;
  /** Rows that count; null: all. */
  readonly mask: RowMask | null;
  /** Point of each row, or of each session's start; −1 outside the range. */
  readonly points: Points;
  readonly pointCount: number;
  /** Value of each row; null: all stand in series 0. */
  readonly values: ArrayLike<number> | null;
  /** Series of each value; −1 leaves it out. */
  readonly seriesOf: Int32Array;
  readonly seriesCount: number;
}

/** Counts of each series: over the range, and at each point (row-major: series · pointCount + point). */
export interface SeriesCounts {
  readonly totals: Float64Array;
  readonly cells: Float64Array;
}

/** Counts rows by series and point. */
export function countEvents(scan: TrendScan): SeriesCounts {
  const { layout, mask, points, pointCount, values, seriesOf, seriesCount } = scan;
  // A point before the first takes the rows outside the range, so that no row needs a question.
  const stride = pointCount + 1;
  const padded = new Uint32Array((seriesCount + 1) * stride);
  const base = Int32Array.from(seriesOf, (series) => (series < 0 ? seriesCount : series) * stride + 1);
  const { rows } = layout;
  if (values === null) {
    if (mask === null) {
      for (let row = 0; row < rows; row++) {
        const cell = (points[row] as number) + 1;
        padded[cell] = (padded[cell] as number) + 1;
      }
    } else {
      for (let row = 0; row < rows; row++) {
        const cell = (points[row] as number) + 1;
        padded[cell] = (padded[cell] as number) + (mask[row] as number);
      }
    }
  } else if (mask === null) {
    for (let row = 0; row < rows; row++) {
      const cell = (base[values[row] as number] as number) + (points[row] as number);
      padded[cell] = (padded[cell] as number) + 1;
    }
  } else {
    for (let row = 0; row < rows; row++) {
      const cell = (base[values[row] as number] as number) + (points[row] as number);
      padded[cell] = (padded[cell] as number) + (mask[row] as number);
    }
  }
  const cells = new Float64Array(seriesCount * pointCount);
  const totals = new Float64Array(seriesCount);
  for (let series = 0; series < seriesCount; series++) {
    for (let point = 0; point < pointCount; point++) {
      const count = padded[series * stride + 1 + point] as number;
      cells[series * pointCount + point] = count;
      totals[series] = (totals[series] as number) + count;
    }
  }
  return { totals, cells };
}

/** Counts distinct people by series and point, in one scan over the rows of person after person. */
export function countUsers(scan: TrendScan): SeriesCounts {
  const { layout, mask, points, pointCount, values, seriesOf, seriesCount } = scan;
  const totals = new Float64Array(seriesCount);
  const cells = new Float64Array(seriesCount * pointCount);
  const inTotal = new Int32Array(seriesCount).fill(-1);
  const inCell = new Int32Array(seriesCount * pointCount).fill(-1);
  for (let person = 0; person < layout.people; person++) {
    const end = layout.start[person + 1] as number;
    for (let row = layout.start[person] as number; row < end; row++) {
      const point = points[row] as number;
      if (point < 0 || (mask !== null && mask[row] === 0)) continue;
      const series = seriesOf[values === null ? 0 : (values[row] as number)] as number;
      if (series < 0) continue;
      const cell = series * pointCount + point;
      if (inCell[cell] === person) continue;
      inCell[cell] = person;
      cells[cell] = (cells[cell] as number) + 1;
      if (inTotal[series] === person) continue;
      inTotal[series] = person;
      totals[series] = (totals[series] as number) + 1;
    }
  }
  return { totals, cells };
}

/**
 * Counts sessions by series and the point at which they start: each once in every series that one of its
 * matching rows stands in. `scan.points` are those of the sessions' starts.
 */
export function countSessions(scan: TrendScan, sessions: Sessions): SeriesCounts {
  const { layout, mask, points, pointCount, values, seriesOf, seriesCount } = scan;
  const totals = new Float64Array(seriesCount);
  const cells = new Float64Array(seriesCount * pointCount);
  // Sessions of one person may overlap, so rows are visited session by session.
  const order = sessions.rowsInOrder;
  const last = new Int32Array(seriesCount).fill(-1);
  for (let index = 0; index < layout.rows; index++) {
    const row = order === null ? index : (order[index] as number);
    const session = sessions.ofRow[row] as number;
    const point = points[session] as number;
    if (point < 0 || (mask !== null && mask[row] === 0)) continue;
    const series = seriesOf[values === null ? 0 : (values[row] as number)] as number;
    if (series < 0 || last[series] === session) continue;
    last[series] = session;
    totals[series] = (totals[series] as number) + 1;
    const cell = series * pointCount + point;
    cells[cell] = (cells[cell] as number) + 1;
  }
  return { totals, cells };
}

/** Sorts the numbers of the counted rows into series and points (NaN: no number); cell after cell. */
export function sampleRows(
  scan: TrendScan,
  numbers: Float64Array,
): { readonly starts: Uint32Array; readonly samples: Float64Array } {
  const { layout, mask, points, pointCount, values, seriesOf, seriesCount } = scan;
  const cellCount = seriesCount * pointCount;
  const cellOf = new Int32Array(layout.rows);
  const sizes = new Uint32Array(cellCount + 1);
  for (let row = 0; row < layout.rows; row++) {
    const point = points[row] as number;
    const number = numbers[row] as number;
    const series =
      point < 0 || number !== number || (mask !== null && mask[row] === 0)
        ? -1
        : (seriesOf[values === null ? 0 : (values[row] as number)] as number);
    const cell = series < 0 ? cellCount : series * pointCount + point;
    cellOf[row] = cell;
    sizes[cell] = (sizes[cell] as number) + 1;
  }
  const starts = new Uint32Array(cellCount + 1);
  for (let cell = 0; cell < cellCount; cell++) {
    starts[cell + 1] = (starts[cell] as number) + (sizes[cell] as number);
  }
  const samples = new Float64Array(starts[cellCount] as number);
  const next = starts.slice();
  for (let row = 0; row < layout.rows; row++) {
    const cell = cellOf[row] as number;
    if (cell === cellCount) continue;
    const at = next[cell] as number;
    samples[at] = numbers[row] as number;
    next[cell] = at + 1;
  }
  return { starts, samples };
}
