import type { Block } from '../format/block';

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
  /** Person of each canonical user ordinal; −1 when the user has no events. */
  readonly personOf: Int32Array;
  /** Where row i of the time-ordered blocks, counted over all of them, lies in the layout. */
  readonly destination: Uint32Array;
}

/**
 * Counting sort by person; stable, so time order within a person is kept (O(rows)).
 * @param blocks in time order
 * @param canonicalOf canonical user ordinal by raw user ordinal
 * @param canonicals how many canonical ordinals there are
 */
export function layOut(
  blocks: readonly Pick<Block, 'rows' | 'user'>[],
  canonicalOf: Uint32Array,
  canonicals: number,
): Layout {
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const counts = new Uint32Array(canonicals);
  for (const { user } of blocks) {
    for (let row = 0; row < user.length; row++) {
      const person = canonicalOf[user[row] as number] as number;
      counts[person] = (counts[person] as number) + 1;
    }
  }
  const personOf = new Int32Array(canonicals).fill(-1);
  let people = 0;
  for (let ordinal = 0; ordinal < canonicals; ordinal++) if (counts[ordinal]) personOf[ordinal] = people++;
  const start = new Uint32Array(people + 1);
  const canonical = new Uint32Array(people);
  const next = new Uint32Array(canonicals);
  let position = 0;
  for (let ordinal = 0; ordinal < canonicals; ordinal++) {
    const person = personOf[ordinal] as number;
    if (person < 0) continue;
    start[person] = position;
    canonical[person] = ordinal;
    next[ordinal] = position;
    position += counts[ordinal] as number;
  }
  start[people] = rows;
  const destination = new Uint32Array(rows);
  let at = 0;
  for (const { user } of blocks) {
    for (let row = 0; row < user.length; row++) {
      const ordinal = canonicalOf[user[row] as number] as number;
      const target = next[ordinal] as number;
      destination[at++] = target;
      next[ordinal] = target + 1;
    }
  }
  return { rows, people, start, canonical, personOf, destination };
}
