import { BINS, type RowNumbers } from '../scan/rowNumbers';
import type { TrendScan } from './trend';

/** Counts of numbers by cell (series · pointCount + point) and bin: `counts[cell · BINS + bin]`. */
export type BinCounts = Uint32Array;

/** Bins to look into: of each cell, and of each series over all its points; −1 for none. */
export interface WantedBins {
  readonly ofCell: Int32Array;
  readonly ofSeries: Int32Array;
}

/** Numbers that lie in wanted bins; equal indexes belong together. */
export interface BinnedNumbers {
  /** The cell, or the number of cells + the series. */
  readonly places: Int32Array;
  readonly numbers: Float64Array;
}

/** Counts the numbers of the counted rows by cell and bin. */
export function countBins(scan: TrendScan, { rows, bins }: RowNumbers): BinCounts {
  const { mask, points, pointCount, values, seriesOf, seriesCount } = scan;
  const counts = new Uint32Array(seriesCount * pointCount * BINS);
  let base = (seriesOf[0] ?? -1) * pointCount;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number;
    const point = points[row] as number;
    if (point < 0 || (mask !== null && mask[row] === 0)) continue;
    if (values !== null) base = (seriesOf[values[row] as number] as number) * pointCount;
    if (base < 0) continue;
    const place = (base + point) * BINS + (bins[index] as number);
    counts[place] = (counts[place] as number) + 1;
  }
  return counts;
}

/** The numbers of the counted rows that lie in the bins wanted of their cell or series. */
export function numbersInBins(
  scan: TrendScan,
  { rows, numbers, bins }: RowNumbers,
  { ofCell, ofSeries }: WantedBins,
): BinnedNumbers {
  const { mask, points, pointCount, values, seriesOf, seriesCount } = scan;
  const cells = seriesCount * pointCount;
  let places = new Int32Array(4096);
  let found = new Float64Array(4096);
  let length = 0;
  let series = seriesOf[0] ?? -1;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number;
    const point = points[row] as number;
    if (point < 0 || (mask !== null && mask[row] === 0)) continue;
    if (values !== null) series = seriesOf[values[row] as number] as number;
    if (series < 0) continue;
    const bin = bins[index] as number;
    const cell = series * pointCount + point;
    const isOfCell = ofCell[cell] === bin;
    const isOfSeries = ofSeries[series] === bin;
    if (!isOfCell && !isOfSeries) continue;
    if (length + 2 > found.length) {
      const [morePlaces, more] = [new Int32Array(2 * found.length), new Float64Array(2 * found.length)];
      morePlaces.set(places);
      more.set(found);
      [places, found] = [morePlaces, more];
    }
    if (isOfCell) {
      places[length] = cell;
      found[length++] = numbers[index] as number;
    }
    if (isOfSeries) {
      places[length] = cells + series;
      found[length++] = numbers[index] as number;
    }
  }
  return { places: places.slice(0, length), numbers: found.slice(0, length) };
}
