/**
 * Gives each distinct text a dense number in order of first appearance, and keeps the numbers of an earlier
 * list, so that blocks written with it stay as they are.
 */
export class Ordinals {
  readonly #ordinals = new Map<string, number>();
  readonly #texts: (string | null)[];
  readonly #used = new Set<number>();

  /** @param texts already numbered texts, in their order; null where a text has gone */
  constructor(texts: readonly (string | null)[] = []) {
    this.#texts = [...texts];
    texts.forEach((text, ordinal) => {
      if (text !== null) this.#ordinals.set(text, ordinal);
    });
  }

  get size(): number {
    return this.#texts.length;
  }

  /** The text's ordinal; a new text gets the next one. */
  ordinalOf(text: string): number {
    const ordinal = this.#ordinals.get(text) ?? this.#texts.push(text) - 1;
    this.#ordinals.set(text, ordinal);
    this.#used.add(ordinal);
    return ordinal;
  }

  /** Takes a text's number away for good; the text gets another one should it come again. */
  forget(ordinal: number): void {
    const text = this.#texts[ordinal];
    if (text === null || text === undefined) return;
    this.#ordinals.delete(text);
    this.#texts[ordinal] = null;
  }

  /** All texts that were asked for, indexed by ordinal; null where an earlier list had one that is gone. */
  get texts(): readonly (string | null)[] {
    return this.#texts.map((text, ordinal) => (this.#used.has(ordinal) ? text : null));
  }
}

/** Numbers texts as `ordinals` does, and remembers whose numbers were asked for. */
export class RecordedOrdinals {
  readonly seen = new Set<number>();
  readonly #ordinals: Ordinals;

  constructor(ordinals: Ordinals) {
    this.#ordinals = ordinals;
  }

  ordinalOf(text: string): number {
    const ordinal = this.#ordinals.ordinalOf(text);
    this.seen.add(ordinal);
    return ordinal;
  }
}
