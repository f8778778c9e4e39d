import type { Spread } from '../../../shared/reports/result';
import { rankOf, roundSum } from '../numbers';
import { selectRanks, type NumberChunks } from '../rankSelect';

const NONE: Spread = { median: null, mean: null, p90: null };

/** The sum of whole milliseconds, exact beyond 2^53: the carry is kept in whole seconds of 2^40 ms. */
function sumMs(chunks: NumberChunks): number {
  const unit = 2 ** 40;
  let high = 0;
  let low = 0;
  for (const values of chunks) {
    for (let index = 0; index < values.length; index += 1) {
      low += values[index] as number;
      if (low >= unit) {
        const carried = Math.floor(low / unit);
        high += carried;
        low -= carried * unit;
      }
    }
  }
  return high === 0 ? low : Number(BigInt(high) * BigInt(unit) + BigInt(low));
}

/**
 * Median, mean and 90th percentile of durations, in seconds. Percentiles are exact (nearest rank on the sorted
 * values); the mean is the sum of integer milliseconds over the count, to 12 significant digits.
 * @param durations whole ms, in any order
 */
export function spreadOf(durations: NumberChunks): Spread {
  const length = durations.reduce((sum, chunk) => sum + chunk.length, 0);
  if (length === 0) return NONE;
  const mean = roundSum(sumMs(durations) / length / 1000);
  const ranks = [0.5, 0.9].map((fraction) => rankOf(length, fraction));
  const [median = 0, p90 = 0] = selectRanks(durations, ranks);
  return { median: median / 1000, mean, p90: p90 / 1000 };
}
