import { rankOf } from '../../kernels/numbers';
import { selectRank } from '../../kernels/rankSelect';
import type { BinCounts, BinnedNumbers } from '../kernels/percentiles';
import { binsFor } from '../scan/rowNumbers';

/** The bin that holds a percentile, and which rank it has among that bin's numbers. */
interface Place {
  readonly bin: number;
  readonly rank: number;
}

export interface PercentilePlaces {
  readonly ofCell: readonly (Place | null)[];
  readonly ofSeries: readonly (Place | null)[];
}

function placeIn(counts: Float64Array | Uint32Array, fraction: number): Place | null {
  let total = 0;
  for (const count of counts) total += count;
  if (total === 0) return null;
  let rank = rankOf(total, fraction);
  let bin = 0;
  while (rank > (counts[bin] as number)) rank -= counts[bin++] as number;
  return { bin, rank };
}

/** Finds the bin of a percentile in each cell and in each series, from the counts of all parts. */
export function placePercentiles(
  parts: readonly BinCounts[],
  series: number,
  points: number,
  fraction: number,
): PercentilePlaces {
  const bins = binsFor(points);
  const counts = new Uint32Array(series * points * bins);
  for (const part of parts) {
    for (let index = 0; index < part.length; index++) {
      counts[index] = (counts[index] as number) + (part[index] as number);
    }
  }
  const cellOf = (cell: number): Uint32Array => counts.subarray(cell * bins, (cell + 1) * bins);
  const ofSeries = Array.from({ length: series }, (_, index) => {
    const sums = new Float64Array(bins);
    for (let place = index * points * bins; place < (index + 1) * points * bins; place++) {
      const bin = place % bins;
      sums[bin] = (sums[bin] as number) + (counts[place] as number);
    }
    return placeIn(sums, fraction);
  });
  const ofCell = Array.from({ length: series * points }, (_, cell) => placeIn(cellOf(cell), fraction));
  return { ofCell, ofSeries };
}

/** The percentiles of cells and series from the numbers of their bins; null where there are no numbers. */
export function selectPercentiles(
  { ofCell, ofSeries }: PercentilePlaces,
  parts: readonly BinnedNumbers[],
): { readonly ofCell: (number | null)[]; readonly ofSeries: (number | null)[] } {
  const places = [...ofCell, ...ofSeries];
  const sizes = new Uint32Array(places.length);
  for (const part of parts) {
    for (const place of part.places) sizes[place] = (sizes[place] as number) + 1;
  }
  const inside = Array.from(sizes, (size) => new Float64Array(size));
  sizes.fill(0);
  for (const part of parts) {
    for (let index = 0; index < part.places.length; index++) {
      const place = part.places[index] as number;
      const at = sizes[place] as number;
      (inside[place] as Float64Array)[at] = part.numbers[index] as number;
      sizes[place] = at + 1;
    }
  }
  const values = places.map((place, index) =>
    place === null ? null : selectRank(inside[index] as Float64Array, place.rank),
  );
  return { ofCell: values.slice(0, ofCell.length), ofSeries: values.slice(ofCell.length) };
}
