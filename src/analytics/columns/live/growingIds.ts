import type { Numbering } from '../format/assembleBlock';
import type { ColumnEvent } from '../format/columnEvent';
import { findOrdinals } from './idChunks';

let made = 0;

/** A list of ids that is read, and grows in memory only; an id that got a number keeps it. */
export class GrowingIds implements Numbering {
  /** No other one has this name. */
  readonly name = `ids ${made++}`;
  readonly #stored: readonly (string | null)[];
  readonly #ordinals = new Map<string, number>();
  readonly #more: string[] = [];

  constructor(stored: readonly (string | null)[]) {
    this.#stored = stored;
  }

  /** Looks for ids in the list, in one pass for all of them; before they are asked for. */
  prepare(wanted: Iterable<string>): void {
    const unknown = new Set<string>();
    for (const id of wanted) if (!this.#ordinals.has(id)) unknown.add(id);
    for (const [id, ordinal] of findOrdinals(this.#stored, unknown)) this.#ordinals.set(id, ordinal);
  }

  ordinalOf(id: string): number {
    const known = this.#ordinals.get(id);
    if (known !== undefined) return known;
    const ordinal = this.#stored.length + this.#more.push(id) - 1;
    this.#ordinals.set(id, ordinal);
    return ordinal;
  }

  /** Whether the list itself has an id of this number, which it then keeps. */
  isListed(ordinal: number): boolean {
    const id = this.#stored[ordinal];
    return id !== undefined && id !== null;
  }

  get size(): number {
    return this.#stored.length + this.#more.length;
  }

  get texts(): readonly (string | null)[] {
    return this.#more.length === 0 ? this.#stored : [...this.#stored, ...this.#more];
  }
}

/** The distinct ids of events. */
export function idsOf(events: Iterable<ColumnEvent>): { users: Set<string>; sessions: Set<string> } {
  const users = new Set<string>();
  const sessions = new Set<string>();
  for (const { userId, sessionId } of events) {
    users.add(userId);
    if (sessionId !== null) sessions.add(sessionId);
  }
  return { users, sessions };
}
