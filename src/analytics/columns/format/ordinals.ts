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

  /** All texts that were asked for, indexed by ordinal; null where an earlier list had one that is gone. */
  get texts(): readonly (string | null)[] {
    return this.#texts.map((text, ordinal) => (this.#used.has(ordinal) ? text : null));
  }
}
