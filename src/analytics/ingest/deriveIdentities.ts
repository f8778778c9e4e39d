import type { AnyBulkWriteOperation } from 'mongodb';
import type { StoredIdentity, StoredProfile } from '../../shared/model/event';
import { resolveCanonical } from '../../shared/model/ingest/identity';
import type { Stores } from './stores';

/** An id that now belongs to another person than before. */
export interface MovedId {
  id: string;
  from: string;
  to: string;
}

/** Rounds after which the rest is left to the next derivation; each round follows a writer that came between. */
const MAX_ROUNDS = 10;

/**
 * Brings the edges of some ids, and of all ids that lead to them, up to date with the profiles' claims. Edges
 * stay flat: a canonical id is never itself an alias. After each write it looks again, so that of writers beside
 * each other the last one leaves what the claims say.
 */
export async function deriveIdentities(stores: Stores, ids: Iterable<string>): Promise<MovedId[]> {
  const moved = new Map<string, MovedId>();
  let open = [...new Set(ids)];
  for (let round = 0; open.length > 0 && round < MAX_ROUNDS; round += 1) {
    const followers = await stores.identities.find({ canonicalId: { $in: open } }).toArray();
    const all = [...new Set([...open, ...followers.map(({ _id }) => _id)])];
    const edges = new Map<string, StoredIdentity>();
    for await (const edge of stores.identities.find({ _id: { $in: all } })) edges.set(edge._id, edge);
    const profiles = await loadChains(stores, all);
    const writes: AnyBulkWriteOperation<StoredIdentity>[] = [];
    const changed: string[] = [];
    for (const id of all) {
      const { canonicalId, claim } = resolveCanonical(id, (other) => profiles.get(other));
      const edge = edges.get(id);
      const from = edge?.canonicalId ?? id;
      if (claim && (from !== canonicalId || edge?.linkedAt.getTime() !== claim.at.getTime())) {
        const movedFrom = from === canonicalId ? {} : { movedFrom: from };
        const update = { $set: { canonicalId, linkedAt: claim.at, ...movedFrom } };
        writes.push({ updateOne: { filter: { _id: id }, update, upsert: true } });
        changed.push(id);
      } else if (!claim && edge) {
        writes.push({ deleteOne: { filter: { _id: id } } });
        changed.push(id);
      }
      if (edge?.movedFrom !== undefined) moved.set(id, { id, from: edge.movedFrom, to: canonicalId });
      if (from !== canonicalId) moved.set(id, { id, from: moved.get(id)?.from ?? from, to: canonicalId });
    }
    if (writes.length > 0) await stores.identities.bulkWrite(writes, { ordered: false });
    open = changed;
  }
  return [...moved.values()];
}

/** The profiles of some ids and of everything that their claims lead to. */
async function loadChains(stores: Stores, ids: readonly string[]): Promise<Map<string, StoredProfile>> {
  const profiles = new Map<string, StoredProfile>();
  const asked = new Set<string>();
  let next = [...ids];
  while (next.length > 0) {
    for (const id of next) asked.add(id);
    const found = await stores.profiles.find({ _id: { $in: next } }).toArray();
    const targets = new Set<string>();
    for (const profile of found) {
      profiles.set(profile._id, profile);
      for (const { target } of profile.claims) if (!asked.has(target)) targets.add(target);
    }
    next = [...targets];
  }
  return profiles;
}

/** The people that some ids belong to: the canonical id of each, and every id of each person, canonical first. */
export interface People {
  canonicalOf: Map<string, string>;
  membersOf: Map<string, string[]>;
}

/** Looks up whom ids belong to. */
export async function loadPeople({ identities }: Stores, ids: Iterable<string>): Promise<People> {
  const all = [...new Set(ids)];
  const canonicalOf = new Map(all.map((id) => [id, id]));
  for await (const { _id, canonicalId } of identities.find({ _id: { $in: all } }))
    canonicalOf.set(_id, canonicalId);
  const membersOf = new Map<string, string[]>();
  for (const canonicalId of canonicalOf.values()) membersOf.set(canonicalId, [canonicalId]);
  for await (const { _id, canonicalId } of identities.find({ canonicalId: { $in: [...membersOf.keys()] } })) {
    membersOf.get(canonicalId)?.push(_id);
    canonicalOf.set(_id, canonicalId);
  }
  return { canonicalOf, membersOf };
}
