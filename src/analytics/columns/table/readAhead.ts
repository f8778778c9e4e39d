/**
 * Reads items in their order some time before they are taken, many at once: whoever fetches them can join them in one
 * request. What was read and not taken stays below a limit.
 */
export class ReadAhead<Item, Value> {
  readonly #items: readonly Item[];
  readonly #read: (item: Item) => Promise<Value>;
  readonly #bytesOf: (item: Item) => number;
  readonly #limitBytes: number;
  readonly #begun = new Map<number, Promise<Value>>();
  #next = 0;
  #aheadBytes = 0;

  /** @param bytesOf what an item takes once it is read */
  constructor(
    items: readonly Item[],
    read: (item: Item) => Promise<Value>,
    bytesOf: (item: Item) => number,
    limitBytes: number,
  ) {
    this.#items = items;
    this.#read = read;
    this.#bytesOf = bytesOf;
    this.#limitBytes = limitBytes;
  }

  /** The item at an index; each is taken once, about in their order. */
  take(index: number): Promise<Value> {
    // Further ones are begun together, when half of what was ahead has been taken.
    if (this.#next <= index || this.#aheadBytes <= this.#limitBytes / 2) this.#begin(index);
    const value = this.#begun.get(index);
    if (!value) throw new Error('It was taken before.');
    this.#begun.delete(index);
    this.#aheadBytes -= this.#sizeOf(index);
    return value;
  }

  #begin(atLeast: number): void {
    while (
      this.#next < this.#items.length &&
      (this.#next <= atLeast || this.#aheadBytes + this.#sizeOf(this.#next) <= this.#limitBytes)
    ) {
      const value = this.#read(this.#items[this.#next] as Item);
      // Whoever takes it sees the failure; perhaps nobody does any more.
      value.catch(() => undefined);
      this.#begun.set(this.#next, value);
      this.#aheadBytes += this.#sizeOf(this.#next);
      this.#next += 1;
    }
  }

  #sizeOf(index: number): number {
    return this.#bytesOf(this.#items[index] as Item);
  }
}
