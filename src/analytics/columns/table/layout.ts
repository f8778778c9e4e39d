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
  /** Where row i of the time-ordered blocks, counted over all of them, lies in the layout. */
  readonly destination: Uint32Array;
}

/**
 * Counting sort by person; stable, so time order within a person is kept (O(rows)). Everything in shared memory.
 * @param users raw user ordinals of each block, the blocks in time order
 * @param canonicalOf canonical user ordinal by raw user ordinal
 * @param canonicals how many canonical ordinals there are
 */
export function layOut(users: readonly Uint32Array[], canonicalOf: Uint32Array, canonicals: number): Layout {
  const rows = users.reduce((sum, user) => sum + user.length, 0);
  const next = new Uint32Array(canonicals);
  for (const user of users) {
    for (let row = 0; row < user.length; row++) {
      const person = canonicalOf[user[row] as number] as number;
      next[person] = (next[person] as number) + 1;
    }
  }
  let people = 0;
  for (let ordinal = 0; ordinal < canonicals; ordinal++) if (next[ordinal] !== 0) people++;
  const start = new Uint32Array(share(4 * (people + 1)));
  const canonical = new Uint32Array(share(4 * people));
  let person = 0;
  let position = 0;
  for (let ordinal = 0; ordinal < canonicals; ordinal++) {
    const count = next[ordinal] as number;
    next[ordinal] = position;
    if (count === 0) continue;
    start[person] = position;
    canonical[person++] = ordinal;
    position += count;
  }
  start[people] = rows;
  const destination = new Uint32Array(share(4 * rows));
  let at = 0;
  for (const user of users) {
    for (let row = 0; row < user.length; row++) {
      const ordinal = canonicalOf[user[row] as number] as number;
      const target = next[ordinal] as number;
      destination[at++] = target;
      next[ordinal] = target + 1;
    }
  }
  return { rows, people, start, canonical, destination };
}
