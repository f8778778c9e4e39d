import type { IdentityMap } from '../../identity/identityMap';
import type { ColumnSnapshot } from '../snapshot';

/** Who the raw user ids of a snapshot belong to. */
export interface People {
  /** Length of `ids()`. */
  readonly count: number;
  /** Canonical ordinal by raw ordinal. */
  readonly canonicalOf: Uint32Array;
  /** Ids by ordinal: the raw ones, then canonical ids that no event has. Read when somebody has to be named. */
  readonly ids: () => Promise<readonly (string | null)[]>;
}

/** Gives each raw user its canonical user. Without aliases nobody is somebody else, and the list stays unread. */
export async function resolvePeople(
  snapshot: Pick<ColumnSnapshot, 'userCount' | 'userIds'>,
  identities: IdentityMap,
): Promise<People> {
  const count = snapshot.userCount;
  const canonicalOf = Uint32Array.from({ length: count }, (_, ordinal) => ordinal);
  if (identities.size === 0) return { count, canonicalOf, ids: () => snapshot.userIds() };
  const ids = [...(await snapshot.userIds())];
  const ordinals = new Map<string, number>();
  for (let ordinal = 0; ordinal < ids.length; ordinal++) {
    const id = ids[ordinal];
    if (id != null) ordinals.set(id, ordinal);
  }
  for (const [alias, canonical] of identities.aliases()) {
    const own = ordinals.get(alias);
    // An alias without events has no rows to lay out elsewhere.
    if (own === undefined || own >= count) continue;
    let target = ordinals.get(canonical);
    if (target === undefined) {
      target = ids.push(canonical) - 1;
      ordinals.set(canonical, target);
    }
    canonicalOf[own] = target;
  }
  return { count: ids.length, canonicalOf, ids: () => Promise.resolve(ids) };
}
