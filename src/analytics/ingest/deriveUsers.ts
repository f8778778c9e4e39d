import { isDeepStrictEqual } from 'node:util';
import type { AnyBulkWriteOperation, UpdateFilter } from 'mongodb';
import type { StoredProfile, StoredUser } from '../../shared/model/event';
import { foldUser } from '../../shared/model/ingest/profile';
import type { People } from './deriveIdentities';
import { insertOnce } from './insertOnce';
import type { Stores } from './stores';

/** The fields of `users` that are derived here; others, as the ordinal of the columns, are left alone. */
const OWN_FIELDS = ['name', 'email', 'device', 'country', 'createdAt', 'lastActiveAt', 'traits'] as const;

/**
 * Brings the documents of some people up to date with the profiles of all their ids, and removes those of ids
 * that belong to someone else. Writes only what differs; returns the ids it wrote.
 */
export async function deriveUsers(
  { profiles, users }: Stores,
  { membersOf, canonicalOf }: People,
  fresh: ReadonlyMap<string, StoredProfile>,
): Promise<string[]> {
  const members = [...new Set([...membersOf.values()].flat())];
  const profileOf = new Map<string, StoredProfile>(fresh);
  const missing = members.filter((id) => !profileOf.has(id));
  if (missing.length > 0) {
    for await (const profile of profiles.find({ _id: { $in: missing } })) profileOf.set(profile._id, profile);
  }
  const aliases = [...canonicalOf].filter(([id, canonicalId]) => id !== canonicalId).map(([id]) => id);
  const before = new Map<string, StoredUser>();
  for await (const user of users.find({ _id: { $in: [...membersOf.keys(), ...aliases] } }))
    before.set(user._id, user);

  const operations: AnyBulkWriteOperation<StoredUser>[] = [];
  const added: StoredUser[] = [];
  const written: string[] = [];
  for (const [canonicalId, ids] of membersOf) {
    const user = foldUser(
      canonicalId,
      ids.flatMap((id) => profileOf.get(id) ?? []),
    );
    if (!user) continue;
    const known = before.get(canonicalId);
    const update = known && differences(known, user);
    if (update === null) continue;
    written.push(canonicalId);
    if (update) operations.push(upsert(canonicalId, update));
    else added.push(user);
  }
  for (const id of aliases) if (before.has(id)) operations.push({ deleteOne: { filter: { _id: id } } });
  // Inserting many at once costs the database a fraction of as many upserts.
  const outcomes = await insertOnce(users, added);
  for (const [index, user] of added.entries()) {
    if (outcomes[index] === 'stored') continue;
    const update = differences(undefined, user);
    if (update) operations.push(upsert(user._id, update));
  }
  if (operations.length > 0) await users.bulkWrite(operations, { ordered: false });
  return written;
}

const upsert = (id: string, update: UpdateFilter<StoredUser>): AnyBulkWriteOperation<StoredUser> => ({
  updateOne: { filter: { _id: id }, update, upsert: true },
});

/** The update that makes one document the other, or null when they are equal. */
function differences(before: StoredUser | undefined, after: StoredUser) {
  const set: Partial<StoredUser> = {};
  const unset: Record<string, true> = {};
  for (const field of OWN_FIELDS) {
    if (isDeepStrictEqual(before?.[field], after[field])) continue;
    if (after[field] === undefined) unset[field] = true;
    else Object.assign(set, { [field]: after[field] });
  }
  const sets = Object.keys(set).length > 0;
  const unsets = Object.keys(unset).length > 0;
  if (!sets && !unsets) return null;
  return { ...(sets ? { $set: set } : {}), ...(unsets ? { $unset: unset } : {}) };
}
