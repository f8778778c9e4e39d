/**
 * The rules of arithmetic that every figure shares, whichever executor gathers it: durations add up as
 * integer milliseconds, other sums are compensated and rounded, percentiles are exact, ranks break ties by
 * code point.
 */

/** Seconds as whole milliseconds, half up. */
export function secondsToMs(seconds: number): number {
  return Math.floor(seconds * 1000 + 0.5);
}

/** Rounds to 12 significant digits, so that the order of summing never shows. */
export function roundSum(value: number): number {
  return Number(value.toPrecision(12));
}

/** A sum that keeps what each addition loses (Neumaier 1974). */
export class CompensatedSum {
  #sum = 0;
  #lost = 0;

  add(value: number): void {
    const next = this.#sum + value;
    this.#lost +=
      Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - next + value : value - next + this.#sum;
    this.#sum = next;
  }

  /** The sum to 12 significant digits. */
  get value(): number {
    return roundSum(this.#sum + this.#lost);
  }

  /** The sum with everything that is known of it, for dividing before rounding. */
  get exact(): number {
    return this.#sum + this.#lost;
  }
}

/**
 * The nearest-rank percentile: the `ceil(p·n)`-th smallest of ascending values; null when there are none.
 * @param sorted ascending
 * @param fraction in (0, 1]
 */
export function nearestRank(sorted: ArrayLike<number>, fraction: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[rankOf(sorted.length, fraction) - 1] ?? null;
}

/** The 1-based rank of a percentile among `count` values. Guards against 0.9·10 = 9.000000000000002. */
export function rankOf(count: number, fraction: number): number {
  const exact = fraction * count;
  const near = Math.round(exact);
  const rank = Math.abs(exact - near) < 1e-6 ? near : Math.ceil(exact);
  return Math.min(Math.max(rank, 1), count);
}

/**
 * The nearest-rank percentile of values that occur several times.
 * @param values ascending, each with how often it occurs
 */
export function nearestRankCounted(
  values: readonly { readonly value: number; readonly count: number }[],
  fraction: number,
): number | null {
  let total = 0;
  for (const { count } of values) total += count;
  if (total === 0) return null;
  let left = rankOf(total, fraction);
  for (const { value, count } of values) {
    left -= count;
    if (left <= 0) return value;
  }
  return null;
}

/** A rate, or null when there is nothing to divide by. */
export function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/**
 * Orders text by Unicode code point. JavaScript's `<` orders by UTF-16 unit, which puts U+E000…U+FFFF after
 * the supplementary planes.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    // Surrogates stand for code points above every other unit.
    const leftHigh = left >= 0xd800 && left <= 0xdfff;
    const rightHigh = right >= 0xd800 && right <= 0xdfff;
    if (leftHigh !== rightHigh) return leftHigh ? 1 : -1;
    return left - right;
  }
  return a.length - b.length;
}

/** Orders by total, largest first and nulls last; ties by code point of the key. */
export function compareRanked(
  a: { readonly key: string; readonly total: number | null },
  b: { readonly key: string; readonly total: number | null },
): number {
  if (a.total !== b.total) {
    if (a.total === null) return 1;
    if (b.total === null) return -1;
    return b.total - a.total;
  }
  return compareCodePoints(a.key, b.key);
}
