import type { IdentityMap } from '../../identity/identityMap';
import type { ColumnSnapshot } from '../snapshot';

/** Who the raw user ids of a snapshot belong to. */
export interface People {
  /** Length of `ids()`. */
  readonly count: number;
  /** Canonical ordinal by ordinal; a canonical user's own is itself. */
  readonly canonicalOf: Uint32Array;
  /** Canonical ids that no event has; their ordinals are the last ones. */
  readonly eventless: readonly string[];
  /** Ids by ordinal: the raw ones, then canonical ids that no event has. Read when somebody has to be named. */
  readonly ids: () => Promise<readonly (string | null)[]>;
}

/** What is kept of a lineage's list of users for finding ids in it again. */
export class ListedUsers {
  readonly #ordinals = new Map<string, number>();
  #through = 0;

  /** Takes over what was appended to the list, up to the ordinal `listed`. */
  follow(ids: readonly (string | null)[], listed: number): void {
    for (; this.#through < listed; this.#through++) {
      const id = ids[this.#through];
      if (id != null) this.#ordinals.set(id, this.#through);
    }
  }

  ordinalOf(ids: readonly (string | null)[], id: string): number | undefined {
    const ordinal = this.#ordinals.get(id);
    // An ordinal stands for nobody once its id was erased.
    return ordinal !== undefined && ids[ordinal] === id ? ordinal : undefined;
  }
}

/**
 * Gives each raw user its canonical user. Without aliases nobody is somebody else, and the list stays unread.
 * @param listed serves later snapshots of the same lineage again
 */
export async function resolvePeople(
  snapshot: Pick<ColumnSnapshot, 'userCount' | 'listedUsers' | 'userIds'>,
  identities: IdentityMap,
  listed = new ListedUsers(),
): Promise<People> {
  const { userCount, listedUsers } = snapshot;
  if (identities.size === 0) {
    return {
      count: userCount,
      canonicalOf: everybody(userCount),
      eventless: [],
      ids: () => snapshot.userIds(),
    };
  }
  const ids = await snapshot.userIds();
  listed.follow(ids, listedUsers);
  const unlisted = new Map<string, number>();
  for (let ordinal = listedUsers; ordinal < userCount; ordinal++) {
    const id = ids[ordinal];
    if (id != null) unlisted.set(id, ordinal);
  }
  const find = (id: string): number | undefined => listed.ordinalOf(ids, id) ?? unlisted.get(id);
  const eventless: string[] = [];
  const aliases: (readonly [number, number])[] = [];
  for (const [alias, canonical] of identities.aliases()) {
    const own = find(alias);
    // An alias without events has no rows to lay out elsewhere.
    if (own === undefined || own >= userCount) continue;
    let target = find(canonical);
    if (target === undefined) {
      target = userCount + eventless.push(canonical) - 1;
      unlisted.set(canonical, target);
    }
    aliases.push([own, target]);
  }
  const count = userCount + eventless.length;
  const canonicalOf = everybody(count);
  for (const [own, target] of aliases) canonicalOf[own] = target;
  const all = eventless.length === 0 ? ids : [...ids, ...eventless];
  return { count, canonicalOf, eventless, ids: () => Promise.resolve(all) };
}

/** Everybody as their own canonical user. */
function everybody(count: number): Uint32Array {
  const canonicalOf = new Uint32Array(count);
  for (let ordinal = 0; ordinal < count; ordinal++) canonicalOf[ordinal] = ordinal;
  return canonicalOf;
}
