/** Who the raw user ids of a snapshot belong to. */
export interface People {
  /** Ids by ordinal: the raw ones, then canonical ids that no event has. */
  readonly ids: readonly (string | null)[];
  /** Canonical ordinal by raw ordinal. */
  readonly canonicalOf: Uint32Array;
}

/** Gives each raw user its canonical user. @param aliases alias → canonical id */
export function resolvePeople(
  userIds: readonly (string | null)[],
  aliases: Iterable<readonly [alias: string, canonical: string]>,
): People {
  const canonicalOf = Uint32Array.from(userIds.keys());
  const ids = [...userIds];
  let ordinals: Map<string, number> | undefined;
  for (const [alias, canonical] of aliases) {
    if (!ordinals) {
      ordinals = new Map();
      for (let ordinal = 0; ordinal < userIds.length; ordinal++) {
        const id = userIds[ordinal];
        if (id != null) ordinals.set(id, ordinal);
      }
    }
    const own = ordinals.get(alias);
    // An alias without events has no rows to lay out elsewhere.
    if (own === undefined || own >= userIds.length) continue;
    let target = ordinals.get(canonical);
    if (target === undefined) {
      target = ids.push(canonical) - 1;
      ordinals.set(canonical, target);
    }
    canonicalOf[own] = target;
  }
  return { ids, canonicalOf };
}
