import { isDeepStrictEqual } from 'node:util';
import type { AnyBulkWriteOperation, UpdateFilter } from 'mongodb';
import type { StoredProfile, StoredUser } from '../../shared/model/event';
import { foldUser } from '../../shared/model/ingest/profile';
import type { People } from './deriveIdentities';
import type { ProfilesDerived } from './deriveProfiles';
import { insertOnce } from './insertOnce';
import { ContentionError, MAX_ROUNDS } from './sessionWrites';
import type { Stores } from './stores';

/** The fields of `users` that are derived here; others, as the ordinal of the columns, are left alone. */
const OWN_FIELDS = ['name', 'email', 'device', 'country', 'createdAt', 'lastActiveAt', 'traits'] as const;

/**
 * Brings the documents of some people up to date with the profiles of all their ids, and removes those of ids
 * that belong to someone else. Writes only what differs. After each update it looks whether the profiles are
 * still those that it wrote from, so that of writers beside each other the last one leaves what they say. After
 * an insert it need not: whoever changed a profile since meets the user that was inserted, or was first.
 *
 * @param fresh profiles that were just read, and the ids among them whose profile was just made: such people
 *   hardly have a user, so none is looked for before the insert
 * @throws ContentionError when other writers came between again and again
 */
export async function deriveUsers(
  stores: Stores,
  { membersOf, canonicalOf }: People,
  fresh: Pick<ProfilesDerived, 'profiles' | 'born'>,
): Promise<void> {
  const aliases = [...canonicalOf].filter(([id, canonicalId]) => id !== canonicalId).map(([id]) => id);
  if (aliases.length > 0) await stores.users.deleteMany({ _id: { $in: aliases } });
  let known = fresh;
  let open: ReadonlyMap<string, readonly string[]> = membersOf;
  for (let round = 0; open.size > 0; round += 1) {
    if (round === MAX_ROUNDS) throw new ContentionError();
    const profileOf = await loadProfiles(stores, [...open.values()].flat(), known.profiles);
    const { updated, disturbed } = await writeUsers(stores, open, { profiles: profileOf, born: known.born });
    const changed = await findChanged(
      stores,
      updated.flatMap((id) => open.get(id) ?? []),
      profileOf,
    );
    open = new Map(
      [...open].filter(([id, members]) => disturbed.has(id) || members.some((member) => changed.has(member))),
    );
    known = { profiles: new Map(), born: new Set() };
  }
}

async function loadProfiles(
  { profiles }: Stores,
  ids: readonly string[],
  known: ReadonlyMap<string, StoredProfile>,
): Promise<Map<string, StoredProfile>> {
  const found = new Map(known);
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length === 0) return found;
  for await (const profile of profiles.find({ _id: { $in: missing } })) found.set(profile._id, profile);
  return found;
}

/** Whose documents it changed, and who was no longer as it had read. */
async function writeUsers(
  { users }: Stores,
  people: ReadonlyMap<string, readonly string[]>,
  { profiles: profileOf, born }: Pick<ProfilesDerived, 'profiles' | 'born'>,
): Promise<{ updated: string[]; disturbed: ReadonlySet<string> }> {
  const before = new Map<string, StoredUser>();
  const sought = [...people].flatMap(([id, members]) =>
    members.every((member) => born.has(member)) ? [] : [id],
  );
  if (sought.length > 0)
    for await (const user of users.find({ _id: { $in: sought } })) before.set(user._id, user);
  const updates: AnyBulkWriteOperation<StoredUser>[] = [];
  const updated: string[] = [];
  const added: StoredUser[] = [];
  for (const [canonicalId, ids] of people) {
    const user = foldUser(
      canonicalId,
      ids.flatMap((id) => profileOf.get(id) ?? []),
    );
    if (!user) continue;
    const known = before.get(canonicalId);
    if (!known) {
      added.push(user);
      continue;
    }
    const update = differences(known, user);
    if (!update) continue;
    updated.push(canonicalId);
    updates.push({ updateOne: { filter: { _id: canonicalId }, update } });
  }
  // Inserting many at once costs the database a fraction of as many upserts.
  const outcomes = await insertOnce(users, added);
  const disturbed = new Set(
    added.flatMap(({ _id }, index) => (outcomes[index] === 'duplicate' ? [_id] : [])),
  );
  if (updates.length > 0) {
    const { matchedCount } = await users.bulkWrite(updates, { ordered: false });
    if (matchedCount !== updates.length) for (const id of updated) disturbed.add(id);
  }
  return { updated, disturbed };
}

/** The ids whose profiles are others by now. */
async function findChanged(
  { profiles }: Stores,
  ids: readonly string[],
  profileOf: ReadonlyMap<string, StoredProfile>,
): Promise<Set<string>> {
  const changed = new Set(ids.filter((id) => profileOf.has(id)));
  if (ids.length === 0) return changed;
  const cursor = profiles.find({ _id: { $in: [...ids] } }, { projection: { revision: 1 } });
  for await (const { _id, revision } of cursor) {
    if (profileOf.get(_id)?.revision === revision) changed.delete(_id);
    else changed.add(_id);
  }
  return changed;
}

/** The update that makes one document the other, or null when they are equal. */
function differences(before: StoredUser, after: StoredUser): UpdateFilter<StoredUser> | null {
  const set: Partial<StoredUser> = {};
  const unset: Record<string, true> = {};
  for (const field of OWN_FIELDS) {
    if (isDeepStrictEqual(before[field], after[field])) continue;
    if (after[field] === undefined) unset[field] = true;
    else Object.assign(set, { [field]: after[field] });
  }
  const sets = Object.keys(set).length > 0;
  const unsets = Object.keys(unset).length > 0;
  if (!sets && !unsets) return null;
  return { ...(sets ? { $set: set } : {}), ...(unsets ? { $unset: unset } : {}) };
}
