/** The first few of many in an order, without ordering the rest: O(n + few · log few) for n in no order. */
export class FirstOf<T> {
  /** The first of those added so far, at most `count`; of equal ones those added earlier. */
  readonly inOrder: T[] = [];
  readonly #count: number;
  readonly #compare: (a: T, b: T) => number;

  constructor(count: number, compare: (a: T, b: T) => number) {
    this.#count = count;
    this.#compare = compare;
  }

  add(item: T): void {
    const { inOrder } = this;
    if (inOrder.length === this.#count && this.#compare(item, inOrder[this.#count - 1] as T) >= 0) return;
    let low = 0;
    let high = inOrder.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(inOrder[middle] as T, item) <= 0) low = middle + 1;
      else high = middle;
    }
    inOrder.splice(low, 0, item);
    if (inOrder.length > this.#count) inOrder.pop();
  }
}
