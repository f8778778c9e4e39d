/** First of the rows [from, to), whose instants ascend, at or after an instant. */
export function firstRowAt(at: Float64Array, from: number, to: number, instant: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[middle] as number) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
