import { type AnyBulkWriteOperation, MongoBulkWriteError } from 'mongodb';
import type { StoredProfile } from '../../shared/model/event';
import { foldProfile, type ProfileNews } from '../../shared/model/ingest/profile';
import type { Stores } from './stores';

/** What became of the profiles. */
export interface ProfilesDerived {
  /** The profiles as last seen, by id. */
  profiles: Map<string, StoredProfile>;
  /** Ids that nobody had derived anything of before: their profile was made by this call. */
  born: Set<string>;
  /** Ids whose claims, or whose being identified, may have changed what they belong to. */
  linked: Set<string>;
}

/**
 * Adds news to the profiles they are about. Each write replaces exactly the revision it was made from, so
 * writers beside each other lose nothing; who comes second folds again.
 */
export async function deriveProfiles(
  { profiles: collection }: Stores,
  news: ReadonlyMap<string, ProfileNews>,
): Promise<ProfilesDerived> {
  const profiles = new Map<string, StoredProfile>();
  const linked = new Set<string>();
  const born = new Set<string>();
  let open = [...news.keys()];
  while (open.length > 0) {
    const known = new Map<string, StoredProfile>();
    for await (const profile of collection.find({ _id: { $in: open } })) known.set(profile._id, profile);
    const operations: AnyBulkWriteOperation<StoredProfile>[] = [];
    const written: string[] = [];
    const inserted: string[] = [];
    for (const id of open) {
      const own = news.get(id);
      if (!own) continue;
      const before = known.get(id);
      const after = foldProfile(before, own);
      const current = after ?? before;
      if (!current) continue;
      profiles.set(id, current);
      // Also when nothing changed: a writer that died here may have left the edge unwritten.
      if (own.claims.length > 0 || (current.identified && current.claims.length > 0)) linked.add(id);
      if (!after) continue;
      written.push(id);
      if (!before) inserted.push(id);
      operations.push(
        before
          ? { replaceOne: { filter: { _id: id, revision: before.revision }, replacement: after } }
          : { insertOne: { document: after } },
      );
    }
    if (operations.length === 0) break;
    const replacing = operations.filter((operation) => 'replaceOne' in operation).length;
    try {
      const result = await collection.bulkWrite(operations, { ordered: false });
      open = result.matchedCount === replacing ? [] : written;
      for (const id of inserted) born.add(id);
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError) || error.code !== 11_000) throw error;
      open = written;
    }
  }
  return { profiles, born, linked };
}
