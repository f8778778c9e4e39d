/** A list of integers that grows, 4 bytes each. */
export class GrowingInt32 {
  #items = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#items.length) {
      const larger = new Int32Array(this.#items.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.length] = value;
    this.length += 1;
  }

  /** Appends others. */
  append(values: Int32Array): void {
    const length = this.length + values.length;
    if (length > this.#items.length) {
      const larger = new Int32Array(Math.max(length, 2 * this.#items.length));
      larger.set(this.view);
      this.#items = larger;
    }
    this.#items.set(values, this.length);
    this.length = length;
  }

  /** The items so far, without copying. */
  get view(): Int32Array {
    return this.#items.subarray(0, this.length);
  }
}

/** Gives each text a dense number, in order of appearance. */
export class Ordinals {
  readonly #ordinals = new Map<string, number>();
  /** The text of each ordinal. */
  readonly names: string[] = [];

  of(name: string): number {
    const known = this.#ordinals.get(name);
    if (known !== undefined) return known;
    const ordinal = this.names.length;
    this.#ordinals.set(name, ordinal);
    this.names.push(name);
    return ordinal;
  }

  find(name: string): number | undefined {
    return this.#ordinals.get(name);
  }

  get size(): number {
    return this.names.length;
  }
}
