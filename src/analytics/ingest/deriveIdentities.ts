import type { AnyBulkWriteOperation } from 'mongodb';
import type { StoredIdentity, StoredProfile } from '../../shared/model/event';
import { resolveCanonical } from '../../shared/model/ingest/identity';
import { ContentionError, MAX_ROUNDS } from './sessionWrites';
import type { Stores } from './stores';

/** An id that now belongs to another person than before. */
export interface MovedId {
  readonly id: string;
  /** Whom it belonged to since its sessions last followed. */
  readonly from: readonly string[];
  readonly to: string;
}

/**
 * Brings the edges of some ids, and of all ids that lead to them, up to date with the profiles' claims. Edges
 * stay flat: a canonical id is never itself an alias. After each write it looks again, so that of writers beside
 * each other the last one leaves what the claims say. An edge that changed notes whom its id belonged to, until
 * `finishMoves`: whoever sees that note has sessions to bring after it, also when this process is gone.
 *
 * @throws ContentionError when other writers came between again and again
 */
export async function deriveIdentities(stores: Stores, ids: Iterable<string>): Promise<void> {
  let open = [...new Set(ids)];
  for (let round = 0; open.length > 0; round += 1) {
    if (round === MAX_ROUNDS) throw new ContentionError();
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
      // An id that follows nobody any more keeps an edge to itself until its sessions have followed.
      const linkedAt = claim?.at ?? edge?.linkedAt;
      if (!linkedAt || (from === canonicalId && edge?.linkedAt.getTime() === linkedAt.getTime())) continue;
      const note = from === canonicalId ? {} : { $addToSet: { movedFrom: from } };
      const update = { $set: { canonicalId, linkedAt }, ...note };
      writes.push({ updateOne: { filter: { _id: id }, update, upsert: true } });
      changed.push(id);
    }
    if (writes.length > 0) await stores.identities.bulkWrite(writes, { ordered: false });
    open = changed;
  }
}

/** Takes back the notes of moves that sessions have followed, unless the id has moved on since. */
export async function finishMoves({ identities }: Stores, moved: readonly MovedId[]): Promise<void> {
  const writes = moved.map(({ id, from, to }): AnyBulkWriteOperation<StoredIdentity> => {
    const filter = { _id: id, canonicalId: to, movedFrom: [...from] };
    return to === id
      ? { deleteOne: { filter } }
      : { updateOne: { filter, update: { $unset: { movedFrom: true } } } };
  });
  if (writes.length > 0) await identities.bulkWrite(writes, { ordered: false });
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
  readonly canonicalOf: ReadonlyMap<string, string>;
  readonly membersOf: ReadonlyMap<string, readonly string[]>;
  /** Ids among them whose sessions have not followed them yet. */
  readonly moving: readonly MovedId[];
}

/** Looks up whom ids belong to. */
export async function loadPeople({ identities }: Stores, ids: Iterable<string>): Promise<People> {
  const all = [...new Set(ids)];
  const canonicalOf = new Map(all.map((id) => [id, id]));
  const moving = new Map<string, MovedId>();
  const note = ({ _id, canonicalId, movedFrom }: StoredIdentity): void => {
    canonicalOf.set(_id, canonicalId);
    if (movedFrom) moving.set(_id, { id: _id, from: movedFrom, to: canonicalId });
  };
  for await (const edge of identities.find({ _id: { $in: all } })) note(edge);
  const membersOf = new Map<string, string[]>();
  for (const canonicalId of canonicalOf.values()) membersOf.set(canonicalId, [canonicalId]);
  for await (const edge of identities.find({ canonicalId: { $in: [...membersOf.keys()] } })) {
    note(edge);
    if (edge._id !== edge.canonicalId) membersOf.get(edge.canonicalId)?.push(edge._id);
  }
  return { canonicalOf, membersOf, moving: [...moving.values()] };
}

/** The ids that belong to others now than when the same people were looked up before. */
export function findMoved(before: People, now: People): MovedId[] {
  const ids = new Set([...before.canonicalOf.keys(), ...now.canonicalOf.keys()]);
  return [...ids].flatMap((id) => {
    const from = before.canonicalOf.get(id) ?? id;
    const to = now.canonicalOf.get(id) ?? id;
    return from === to ? [] : [{ id, from: [from], to }];
  });
}
