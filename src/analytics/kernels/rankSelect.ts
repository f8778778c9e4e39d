import { rankOf } from './numbers';

/** Fewer values are sorted. */
const FEW = 512;
const BINS = 4096;

/**
 * The `rank`-th smallest (from 1) of finite values in any order, without sorting them: values are counted into
 * bins of equal width, and only the bin that holds the rank is looked into, in the same way. Binning by
 * `(value − least) · scale` keeps the order of values, whatever it rounds, so the answer is exact.
 */
export function selectRank(values: Float64Array, rank: number): number {
  let rest = values;
  let wanted = rank;
  for (;;) {
    let least = Infinity;
    let greatest = -Infinity;
    for (let index = 0; index < rest.length; index++) {
      const value = rest[index] as number;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
    if (least === greatest) return least;
    const scale = (BINS - 1) / (greatest - least);
    // So few, or so close together or far apart that bins do not part them.
    if (rest.length <= FEW || !(scale > 0) || !Number.isFinite(scale)) {
      return rest.slice().sort()[wanted - 1] as number;
    }
    const counts = new Uint32Array(BINS + 1);
    for (let index = 0; index < rest.length; index++) {
      const bin = ((rest[index] as number) - least) * scale;
      counts[bin | 0] = (counts[bin | 0] as number) + 1;
    }
    let bin = 0;
    while (wanted > (counts[bin] as number)) wanted -= counts[bin++] as number;
    const size = counts[bin] as number;
    // A bin that keeps nearly everything would not end: its values are sorted.
    const isStuck = size > 0.9 * rest.length && rest.length < values.length;
    const inside = new Float64Array(size);
    let at = 0;
    for (let index = 0; index < rest.length; index++) {
      const value = rest[index] as number;
      if ((((value - least) * scale) | 0) === bin) inside[at++] = value;
    }
    if (isStuck) return inside.sort()[wanted - 1] as number;
    rest = inside;
  }
}

/** The nearest-rank percentile of finite values in any order; null when there are none. */
export function selectNearestRank(values: Float64Array, fraction: number): number | null {
  return values.length === 0 ? null : selectRank(values, rankOf(values.length, fraction));
}
