import type { Numbering } from '../format/assembleBlock';
import type { ColumnEvent } from '../format/columnEvent';
import { findOrdinals } from './idChunks';

/** A list of ids that is read, and grows in memory only. */
export class GrowingIds implements Numbering {
  readonly #stored: readonly (string | null)[];
  readonly #ordinals: Map<string, number>;
  readonly #more: string[] = [];

  /** @param wanted every id that will be asked for */
  constructor(stored: readonly (string | null)[], wanted: ReadonlySet<string>) {
    this.#stored = stored;
    this.#ordinals = findOrdinals(stored, wanted);
  }

  ordinalOf(id: string): number {
    const known = this.#ordinals.get(id);
    if (known !== undefined) return known;
    const ordinal = this.#stored.length + this.#more.push(id) - 1;
    this.#ordinals.set(id, ordinal);
    return ordinal;
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
