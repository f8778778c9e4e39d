import { share } from './sharedColumns';

/**
 * How rows of time-ordered blocks are laid out in memory: person after person, each person's events in the
 * order of time (and, within an instant, of event id). Everything that depends on a person's order of events
 * is then one forward scan, and unique counts need no sets.
 */
export interface Layout {
  readonly rows: number;
  readonly people: number;
  /** Rows of person p are `start[p]` … `start[p + 1] − 1`. */
  readonly start: Uint32Array;
  /** Canonical user ordinal of each person. */
  readonly canonical: Uint32Array;
}

/**
 * Counts the rows of each person (O(rows)). Everything in shared memory.
 * @param users raw user ordinals of each block
 * @param canonicalOf canonical user ordinal by raw user ordinal
 * @param canonicals how many canonical ordinals there are
 */
export function layOut(users: readonly Uint32Array[], canonicalOf: Uint32Array, canonicals: number): Layout {
  const rows = users.reduce((sum, user) => sum + user.length, 0);
  const counts = new Uint32Array(canonicals);
  for (const user of users) {
    for (let row = 0; row < user.length; row++) {
      const person = canonicalOf[user[row] as number] as number;
      counts[person] = (counts[person] as number) + 1;
    }
  }
  let people = 0;
  for (let ordinal = 0; ordinal < canonicals; ordinal++) if (counts[ordinal] !== 0) people++;
  const start = new Uint32Array(share(4 * (people + 1)));
  const canonical = new Uint32Array(share(4 * people));
  let person = 0;
  let position = 0;
  for (let ordinal = 0; ordinal < canonicals; ordinal++) {
    const count = counts[ordinal] as number;
    if (count === 0) continue;
    start[person] = position;
    canonical[person++] = ordinal;
    position += count;
  }
  start[people] = rows;
  return { rows, people, start, canonical };
}

/** Gives the rows of time-ordered blocks their places in a layout of these blocks: a stable counting sort by person. */
export class Places {
  readonly #canonicalOf: Uint32Array;
  /** Place of the next row of each canonical user. */
  readonly #next: Uint32Array;

  constructor(
    { start, canonical }: Pick<Layout, 'start' | 'canonical'>,
    canonicalOf: Uint32Array,
    canonicals: number,
  ) {
    this.#canonicalOf = canonicalOf;
    this.#next = new Uint32Array(canonicals);
    for (let person = 0; person < canonical.length; person++) {
      this.#next[canonical[person] as number] = start[person] as number;
    }
  }

  /** Where the rows of the next block lie. @param user raw user ordinal of each */
  take(user: Uint32Array, places: Uint32Array = new Uint32Array(user.length)): Uint32Array {
    const canonicalOf = this.#canonicalOf;
    const next = this.#next;
    for (let row = 0; row < user.length; row++) {
      const ordinal = canonicalOf[user[row] as number] as number;
      const place = next[ordinal] as number;
      places[row] = place;
      next[ordinal] = place + 1;
    }
    return places;
  }
}
