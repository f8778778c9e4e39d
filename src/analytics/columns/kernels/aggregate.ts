import { CompensatedSum, nearestRank, roundSum, secondsToMs } from '../../kernels/numbers';
import type { AggregateName } from '../../kernels/trend/aggregates';

/** The aggregate of ascending numbers; null when there are none. Durations add up as integer milliseconds. */
export function aggregateSorted(
  sorted: Float64Array,
  name: AggregateName,
  isDuration: boolean,
): number | null {
  if (sorted.length === 0) return null;
  if (name === 'median' || name === 'p90') return nearestRank(sorted, name === 'median' ? 0.5 : 0.9);
  const sum = new CompensatedSum();
  for (const value of sorted) sum.add(isDuration ? secondsToMs(value) : value);
  const exact = isDuration ? sum.exact / 1000 : sum.exact;
  return roundSum(name === 'sum' ? exact : exact / sorted.length);
}
