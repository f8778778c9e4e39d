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

/** Where the counts of each value's cells begin, a cell for what is outside the range before them. */
function basesOf({ seriesOf, seriesCount, pointCount }: TrendScan): Int32Array {
  const stride = (pointCount + 1) * BINS;
  return Int32Array.from(seriesOf, (series) => (series < 0 ? seriesCount : series) * stride + BINS);
}

/** Counts the numbers of the counted rows by cell and bin. */
export function countBins(scan: TrendScan, { rows, bins }: RowNumbers): BinCounts {
  const { mask, points, pointCount, values, seriesCount } = scan;
  const bases = basesOf(scan);
  const stride = (pointCount + 1) * BINS;
  const padded = new Uint32Array((seriesCount + 1) * stride);
  const only = bases[0] as number;
  if (values === null && mask === null) {
    for (let index = 0; index < rows.length; index++) {
      const place = only + (points[rows[index] as number] as number) * BINS + (bins[index] as number);
      padded[place] = (padded[place] as number) + 1;
    }
  } else if (values === null && mask !== null) {
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] as number;
      const place = only + (points[row] as number) * BINS + (bins[index] as number);
      padded[place] = (padded[place] as number) + (mask[row] as number);
    }
  } else {
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] as number;
      if (mask !== null && mask[row] === 0) continue;
      const base = bases[values === null ? 0 : (values[row] as number)] as number;
      const place = base + (points[row] as number) * BINS + (bins[index] as number);
      padded[place] = (padded[place] as number) + 1;
    }
  }
  const counts = new Uint32Array(seriesCount * pointCount * BINS);
  for (let series = 0; series < seriesCount; series++) {
    const own = padded.subarray(series * stride + BINS, (series + 1) * stride);
    counts.set(own, series * pointCount * BINS);
  }
  return counts;
}

/** What a number in a bin is wanted for. */
const FOR_CELL = 1;
const FOR_SERIES = 2;

/** By cell, one for what is outside the range before those of each series, and bin: what for. */
function flagBins(scan: TrendScan, { ofCell, ofSeries }: WantedBins): Uint8Array {
  const { pointCount, seriesCount } = scan;
  const flags = new Uint8Array((seriesCount + 1) * (pointCount + 1) * BINS);
  for (let series = 0; series < seriesCount; series++) {
    for (let point = 0; point < pointCount; point++) {
      const first = (series * (pointCount + 1) + point + 1) * BINS;
      const cellBin = ofCell[series * pointCount + point] as number;
      const seriesBin = ofSeries[series] as number;
      if (cellBin >= 0) flags[first + cellBin] = FOR_CELL;
      if (seriesBin >= 0) flags[first + seriesBin] = (flags[first + seriesBin] as number) | FOR_SERIES;
    }
  }
  return flags;
}

/** The numbers of the counted rows that lie in the bins wanted of their cell or series. */
export function numbersInBins(
  scan: TrendScan,
  { rows, numbers, bins }: RowNumbers,
  wanted: WantedBins,
): BinnedNumbers {
  const { mask, points, pointCount, values, seriesOf, seriesCount } = scan;
  const cells = seriesCount * pointCount;
  const flags = flagBins(scan, wanted);
  const bases = basesOf(scan);
  let places = new Int32Array(4096);
  let found = new Float64Array(4096);
  let length = 0;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index] as number;
    const value = values === null ? 0 : (values[row] as number);
    const point = points[row] as number;
    const flag = flags[(bases[value] as number) + point * BINS + (bins[index] as number)] as number;
    if (flag === 0 || (mask !== null && mask[row] === 0)) continue;
    if (length + 2 > found.length) {
      const [morePlaces, more] = [new Int32Array(2 * found.length), new Float64Array(2 * found.length)];
      morePlaces.set(places);
      more.set(found);
      [places, found] = [morePlaces, more];
    }
    const series = seriesOf[value] as number;
    if ((flag & FOR_CELL) !== 0) {
      places[length] = series * pointCount + point;
      found[length++] = numbers[index] as number;
    }
    if ((flag & FOR_SERIES) !== 0) {
      places[length] = cells + series;
      found[length++] = numbers[index] as number;
    }
  }
  return { places: places.slice(0, length), numbers: found.slice(0, length) };
}
