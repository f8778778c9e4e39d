import { NUMBER_TEXT } from '../../filters/comparable';
import { CompensatedSum, nearestRankCounted, roundSum, secondsToMs } from '../numbers';

export type AggregateName = 'sum' | 'mean' | 'median' | 'p90';

/** The numbers a stored value holds: itself, numeric text, or each of an array's elements. */
export function numbersIn(stored: unknown): number[] {
  if (Array.isArray(stored))
    return stored.flatMap((element) => (Array.isArray(element) ? [] : numbersIn(element)));
  if (typeof stored === 'number') return Number.isFinite(stored) ? [stored] : [];
  if (typeof stored === 'string' && NUMBER_TEXT.test(stored)) {
    const number = Number(stored);
    return Number.isFinite(number) ? [number] : [];
  }
  if (stored !== null && typeof stored === 'object' && 'toString' in stored && '_bsontype' in stored) {
    return ['Long', 'Decimal128', 'Double', 'Int32'].includes(String(stored._bsontype))
      ? numbersIn(Number(String(stored)))
      : [];
  }
  return [];
}

/** Numbers with how often each occurs. */
export class Sample {
  readonly #counts = new Map<number, number>();

  add(value: number, count: number): void {
    // −0 and 0 are one number.
    const key = value === 0 ? 0 : value;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count);
  }

  addAll(other: Sample): void {
    for (const [value, count] of other.#counts) this.add(value, count);
  }

  /** The aggregate of all numbers; null when there are none. Durations add up as integer milliseconds. */
  aggregate(name: AggregateName, isDuration: boolean): number | null {
    if (this.#counts.size === 0) return null;
    if (name === 'median' || name === 'p90') {
      const sorted = [...this.#counts].map(([value, count]) => ({ value, count }));
      sorted.sort((a, b) => a.value - b.value);
      return nearestRankCounted(sorted, name === 'median' ? 0.5 : 0.9);
    }
    const sum = new CompensatedSum();
    let total = 0;
    for (const [value, count] of this.#counts) {
      sum.add((isDuration ? secondsToMs(value) : value) * count);
      total += count;
    }
    const exact = isDuration ? sum.exact / 1000 : sum.exact;
    return roundSum(name === 'sum' ? exact : exact / total);
  }
}
