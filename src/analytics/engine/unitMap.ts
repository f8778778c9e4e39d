/** A person, or one session of theirs. */
export interface Unit {
  /** Canonical. */
  readonly userId: string;
  /** Text of the stored session id; null for events without one, undefined when units are users. */
  readonly sessionId: string | null | undefined;
}

/**
 * One item for each unit. A session id is almost always one person's, so the id alone finds an item, and a
 * key made of both is only needed for those who share one.
 */
export class UnitMap<Item extends Unit> {
  readonly #first = new Map<string, Item>();
  readonly #others = new Map<string, Item>();

  get(userId: string, sessionId: string | null | undefined): Item | undefined {
    const first = this.#first.get(sessionId ?? userId);
    if (first === undefined) return undefined;
    if (first.userId === userId && first.sessionId === sessionId) return first;
    return this.#others.get(JSON.stringify([userId, sessionId]));
  }

  /** Adds an item for a unit that has none. */
  add(item: Item): void {
    const { userId, sessionId } = item;
    const name = sessionId ?? userId;
    if (this.#first.has(name)) this.#others.set(JSON.stringify([userId, sessionId]), item);
    else this.#first.set(name, item);
  }

  clear(): void {
    this.#first.clear();
    this.#others.clear();
  }

  *values(): Generator<Item> {
    yield* this.#first.values();
    yield* this.#others.values();
  }
}
