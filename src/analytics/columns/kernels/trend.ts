import type { Points } from '../scan/points';
import type { RowMask } from '../scan/rowMask';
import { rowsOf, type RowNumbers } from '../scan/rowNumbers';
import type { PartLayout } from '../table/personTable';
import type { Sessions } from '../table/sessions';
import { countCells } from './countCells';

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
  const stride = pointCount + 1;
  const base = Int32Array.from(seriesOf, (series) => (series < 0 ? seriesCount : series) * stride + 1);
  const padded = countCells({ rows: layout.rows, mask, points, values }, base, (seriesCount + 1) * stride);
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
  const { mask, points, pointCount, values, seriesOf, seriesCount } = scan;
  const totals = new Float64Array(seriesCount);
  const cells = new Float64Array(seriesCount * pointCount);
  const { count, first, events, apart } = sessions;
  const { rows } = scan.layout;
  const last = new Int32Array(seriesCount).fill(-1);
  for (let session = 0; session < count; session++) {
    const point = points[session] as number;
    if (point < 0) continue;
    const begin = first[session] as number;
    const end = begin + (events[session] as number);
    for (let place = begin; place < end; place++) {
      const row = begin < rows ? place : (apart[place - rows] as number);
      if (mask !== null && mask[row] === 0) continue;
      const series = seriesOf[values === null ? 0 : (values[row] as number)] as number;
      if (series >= 0 && last[series] !== session) {
        last[series] = session;
        totals[series] = (totals[series] as number) + 1;
        const cell = series * pointCount + point;
        cells[cell] = (cells[cell] as number) + 1;
      }
      // Without a breakdown the first matching row decides.
      if (values === null) break;
    }
  }
  return { totals, cells };
}

/** Numbers by cell: those of cell c are `samples[starts[c]]` … `samples[starts[c + 1] − 1]`, in any order. */
export interface SeriesSamples {
  readonly starts: Uint32Array;
  readonly samples: Float64Array;
}

/** Sorts the numbers of the counted rows into series and points. */
export function sampleRows(scan: TrendScan, numbers: RowNumbers): SeriesSamples {
  const { scaled, scale } = numbers;
  const rows = rowsOf(numbers);
  const { mask, points, pointCount, values, seriesOf, seriesCount } = scan;
  const cellCount = seriesCount * pointCount;
  const starts = new Uint32Array(cellCount + 1);
  const cellOf = new Int32Array(rows.length);
  let base = values === null ? (seriesOf[0] as number) * pointCount : 0;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number;
    const point = points[row] as number;
    let cell = -1;
    if (point >= 0 && (mask === null || mask[row] === 1)) {
      if (values !== null) base = (seriesOf[values[row] as number] as number) * pointCount;
      if (base >= 0) {
        cell = base + point;
        starts[cell + 1] = (starts[cell + 1] as number) + 1;
      }
    }
    cellOf[index] = cell;
  }
  for (let cell = 0; cell < cellCount; cell++) {
    starts[cell + 1] = (starts[cell + 1] as number) + (starts[cell] as number);
  }
  const samples = new Float64Array(starts[cellCount] as number);
  const next = starts.slice();
  for (let index = 0; index < rows.length; index++) {
    const cell = cellOf[index] as number;
    if (cell < 0) continue;
    const at = next[cell] as number;
    samples[at] = (scaled[index] as number) / scale;
    next[cell] = at + 1;
  }
  return { starts, samples };
}
