import { rowsOf, type RowNumbers } from '../scan/rowNumbers';
import type { TrendScan } from './trend';

/** Counts of numbers by cell (series · pointCount + point) and bin: `counts[cell · bins + bin]`. */
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

/** Counts the numbers of the counted rows by cell and bin. @param numbers ordered by the points of the scan */
export function countBins(scan: TrendScan, numbers: RowNumbers): BinCounts {
  const { bins, starts } = numbers;
  const { mask, pointCount, values, seriesOf, seriesCount } = scan;
  const stretch = pointCount * bins;
  const counts = new Uint32Array(seriesCount * stretch);
  const only = values === null ? (seriesOf[0] as number) * stretch : 0;
  if (only < 0) return counts;
  if (values === null && mask === null) {
    for (let cell = 0; cell < stretch; cell++) {
      counts[only + cell] = (starts[cell + 1] as number) - (starts[cell] as number);
    }
    return counts;
  }
  const rows = rowsOf(numbers);
  let place = 0;
  for (let cell = 0; cell < stretch; cell++) {
    const end = starts[cell + 1] as number;
    if (values !== null) {
      for (; place < end; place++) {
        const row = rows[place] as number;
        const series = seriesOf[values[row] as number] as number;
        if (series < 0 || (mask !== null && mask[row] === 0)) continue;
        counts[series * stretch + cell] = (counts[series * stretch + cell] as number) + 1;
      }
    } else {
      let count = 0;
      for (; place < end; place++) count += mask === null ? 1 : (mask[rows[place] as number] as number);
      counts[only + cell] = count;
    }
  }
  return counts;
}

/** What a number in a bin is wanted for. */
const FOR_CELL = 1;
const FOR_SERIES = 2;

/** By cell and bin: what for. */
function flagBins(scan: TrendScan, bins: number, { ofCell, ofSeries }: WantedBins): Uint8Array {
  const { pointCount, seriesCount } = scan;
  const flags = new Uint8Array(seriesCount * pointCount * bins);
  for (let series = 0; series < seriesCount; series++) {
    for (let point = 0; point < pointCount; point++) {
      const cell = series * pointCount + point;
      const cellBin = ofCell[cell] as number;
      const seriesBin = ofSeries[series] as number;
      if (cellBin >= 0) flags[cell * bins + cellBin] = FOR_CELL;
      if (seriesBin >= 0) {
        flags[cell * bins + seriesBin] = (flags[cell * bins + seriesBin] as number) | FOR_SERIES;
      }
    }
  }
  return flags;
}

/** The numbers of the counted rows that lie in the bins wanted of their cell or series. */
export function numbersInBins(scan: TrendScan, own: RowNumbers, wanted: WantedBins): BinnedNumbers {
  const { scaled, scale, bins, starts } = own;
  const { mask, pointCount, values, seriesOf, seriesCount } = scan;
  const cells = seriesCount * pointCount;
  const stretch = pointCount * bins;
  const flags = flagBins(scan, bins, wanted);
  let most = 0;
  const looked: number[] = [];
  const rows = values === null && mask === null ? null : rowsOf(own);
  for (let cell = 0; cell < stretch; cell++) {
    let flag = 0;
    for (let series = 0; series < seriesCount; series++) flag |= flags[series * stretch + cell] as number;
    if (flag === 0) continue;
    looked.push(cell);
    most +=
      (flag === (FOR_CELL | FOR_SERIES) ? 2 : 1) * ((starts[cell + 1] as number) - (starts[cell] as number));
  }
  const places = new Int32Array(most);
  const found = new Float64Array(most);
  let length = 0;
  for (const cell of looked) {
    const point = Math.floor(cell / bins);
    const end = starts[cell + 1] as number;
    for (let place = starts[cell] as number; place < end; place++) {
      const row = rows === null ? 0 : (rows[place] as number);
      const series = seriesOf[values === null ? 0 : (values[row] as number)] as number;
      if (series < 0 || (mask !== null && mask[row] === 0)) continue;
      const flag = flags[series * stretch + cell] as number;
      const number = (scaled[place] as number) / scale;
      if ((flag & FOR_CELL) !== 0) {
        places[length] = series * pointCount + point;
        found[length++] = number;
      }
      if ((flag & FOR_SERIES) !== 0) {
        places[length] = cells + series;
        found[length++] = number;
      }
    }
  }
  return { places: places.slice(0, length), numbers: found.slice(0, length) };
}
