import type { ColumnSnapshot, SnapshotPart } from '../snapshot';
import type { LoadedTable } from '../table/loadTable';
import type { People } from '../table/people';
import type { LanePool } from '../workers/lanePool';
import { compareParts, nameParts, type PartChanges } from './compareParts';

/** An ordinal that stands for nobody any more. */
const NOBODY = 0xffff_ffff;

/** What of a later snapshot a table does not hold. */
export interface Difference extends PartChanges {
  /** New canonical ordinals of the table's canonical users, where they have others. */
  readonly moved: ReadonlyMap<number, number>;
}

/** A table laid out from one snapshot, and what later snapshots of its lineage may still take from it. */
export class BaseTable {
  readonly table: LoadedTable;
  readonly pool: LanePool;
  readonly #snapshot: ColumnSnapshot;
  readonly #names: readonly string[];
  /** Names of the parts whose rows are true. A part that was replaced once is never read again, so it stays out. */
  #usable: ReadonlySet<string>;
  /** Canonical ordinals by ordinal, as users are numbered now. */
  readonly #canonicalOf: Uint32Array;
  /** Where canonical users without events were numbered last, and who they are. */
  #eventless: { readonly first: number; readonly ids: readonly string[] };

  constructor(snapshot: ColumnSnapshot, people: People, table: LoadedTable, pool: LanePool) {
    this.table = table;
    this.pool = pool;
    this.#snapshot = snapshot;
    this.#names = nameParts(snapshot.parts);
    this.#usable = new Set(this.#names);
    this.#canonicalOf = people.canonicalOf.slice(0, snapshot.userCount);
    this.#eventless = { first: snapshot.userCount, ids: people.eventless };
  }

  /** The parts it was laid out from. */
  get parts(): readonly SnapshotPart[] {
    return this.#snapshot.parts;
  }

  /** Row of the table for each row of its parts. */
  get destination(): Uint32Array {
    const { destination } = this.table;
    if (!destination) throw new Error('The table is not followed.');
    return destination;
  }

  /** Whether the rows of one of its parts are still wanted. */
  isUsable(index: number): boolean {
    return this.#usable.has(this.#names[index] as string);
  }

  /**
   * Takes on the numbering of a later snapshot and says what the table lacks of it; null when nothing can be told
   * apart: another lineage, other declared properties, a person whose ids belong to several now, or a table that is
   * not followed.
   */
  follow(next: ColumnSnapshot, people: People): Difference | null {
    const { lineage, properties } = this.#snapshot;
    if (!this.table.destination) return null;
    if (next.lineage !== lineage || JSON.stringify(next.properties) !== JSON.stringify(properties))
      return null;
    this.#renumber(next, people);
    const changes = compareParts(this.#snapshot.parts, next.parts, this.#usable);
    this.#usable = changes.kept;
    const moved = this.#findMoved(next, people);
    return moved && { ...changes, moved };
  }

  /** Canonical users without events have no place in the list, and so another ordinal in each snapshot. */
  #renumber(next: ColumnSnapshot, people: People): void {
    const { first, ids } = this.#eventless;
    this.#eventless = { first: next.userCount, ids: people.eventless };
    if (ids.length === 0) return;
    const now = new Map(people.eventless.map((id, index) => [id, next.userCount + index]));
    const renumbered = ids.map((id) => now.get(id) ?? NOBODY);
    for (const ordinals of [this.#canonicalOf, this.table.head.canonical]) {
      for (let index = 0; index < ordinals.length; index++) {
        const ordinal = ordinals[index] as number;
        if (ordinal >= first && ordinal < first + ids.length)
          ordinals[index] = renumbered[ordinal - first] as number;
      }
    }
  }

  /** Users that have another canonical user now; null when those of one have several. */
  #findMoved(next: ColumnSnapshot, { canonicalOf }: People): Map<number, number> | null {
    const { numbering, userCount, listedUsers } = this.#snapshot;
    // Beyond the list an ordinal is known to be the same user's only where nobody was numbered anew since.
    const known =
      numbering === next.numbering ? Math.min(userCount, next.userCount) : Math.min(listedUsers, userCount);
    const moved = new Map<number, number>();
    for (let user = 0; user < known; user++) {
      const before = this.#canonicalOf[user] as number;
      const after = canonicalOf[user] as number;
      if (before === after) continue;
      if ((moved.get(before) ?? after) !== after) return null;
      moved.set(before, after);
    }
    if (moved.size === 0) return moved;
    for (let user = 0; user < known; user++) {
      const target = moved.get(this.#canonicalOf[user] as number);
      if (target !== undefined && target !== canonicalOf[user]) return null;
    }
    return moved;
  }
}
