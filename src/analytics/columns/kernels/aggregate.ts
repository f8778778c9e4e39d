import { CompensatedSum, roundSum, secondsToMs } from '../../kernels/numbers';
import { selectNearestRank } from '../../kernels/rankSelect';
import type { AggregateName } from '../../kernels/trend/aggregates';

/** The aggregate of numbers in any order; null when there are none. Durations add up as integer milliseconds. */
export function aggregate(numbers: Float64Array, name: AggregateName, isDuration: boolean): number | null {
  if (numbers.length === 0) return null;
  if (name === 'median') return selectNearestRank([numbers], 0.5);
  if (name === 'p90') return selectNearestRank([numbers], 0.9);
  const sum = new CompensatedSum();
  for (const value of numbers) sum.add(isDuration ? secondsToMs(value) : value);
  const exact = isDuration ? sum.exact / 1000 : sum.exact;
  return roundSum(name === 'sum' ? exact : exact / numbers.length);
}
