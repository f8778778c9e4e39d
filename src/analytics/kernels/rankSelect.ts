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

/** Numbers in several arrays, as the parts of a table bring them. */
export type NumberChunks = readonly (Float64Array | Uint32Array)[];

function join(chunks: NumberChunks, length: number): Float64Array {
  const values = new Float64Array(length);
  let at = 0;
  for (const chunk of chunks) {
    values.set(chunk, at);
    at += chunk.length;
  }
  return values;
}

/**
 * Several ranks (from 1, ascending) of the same finite values in any order: the values are counted once, and only
 * the bins that hold a rank are looked into.
 */
export function selectRanks(chunks: NumberChunks, ranks: readonly number[]): number[] {
  let least = Infinity;
  let greatest = -Infinity;
  let length = 0;
  for (const values of chunks) {
    length += values.length;
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
    }
  }
  const scale = (BINS - 1) / (greatest - least);
  if (length <= FEW || !(scale > 0) || !Number.isFinite(scale)) {
    const sorted = join(chunks, length).sort();
    return ranks.map((rank) => sorted[rank - 1] as number);
  }
  const counts = new Uint32Array(BINS + 1);
  for (const values of chunks) {
    for (let index = 0; index < values.length; index++) {
      const bin = (((values[index] as number) - least) * scale) | 0;
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  const wanted = new Uint8Array(BINS + 1);
  let bin = 0;
  let before = 0;
  const found = ranks.map((rank) => {
    while (rank - before > (counts[bin] as number)) before += counts[bin++] as number;
    wanted[bin] = 1;
    return { bin, rank: rank - before };
  });
  const inside = new Map(
    found.map((one) => [one.bin, { values: new Float64Array(counts[one.bin] as number), length: 0 }]),
  );
  for (const values of chunks) {
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number;
      const own = ((value - least) * scale) | 0;
      if (wanted[own] === 0) continue;
      const kept = inside.get(own);
      if (kept) kept.values[kept.length++] = value;
    }
  }
  return found.map((one) => selectRank(inside.get(one.bin)?.values ?? new Float64Array(0), one.rank));
}

/** The nearest-rank percentile of finite values in any order; null when there are none. */
export function selectNearestRank(chunks: NumberChunks, fraction: number): number | null {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (length === 0) return null;
  const [value = NaN] = selectRanks(chunks, [rankOf(length, fraction)]);
  return value;
}
