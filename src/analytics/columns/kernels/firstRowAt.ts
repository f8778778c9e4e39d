import type { Times } from '../table/times';

/** First of the rows [from, to), whose instants ascend, at or after an instant. */
export function firstRowAt(at: Times, from: number, to: number, instant: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at.of(middle) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
