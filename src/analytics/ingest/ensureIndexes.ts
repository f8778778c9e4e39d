import type { CreateIndexesOptions, Db } from 'mongodb';
import { COLLECTIONS } from '../../shared/model/collections';
import { INDEXES } from '../../shared/model/indexes';

/**
 * Creates the indexes of the one list that are missing; repeating it changes nothing. Only for databases that
 * are Waymark's own, or with their owner's consent.
 */
export async function ensureIndexes(db: Db): Promise<void> {
  for (const { collection, key, sparse, expireAfterSeconds } of INDEXES) {
    const options: CreateIndexesOptions = {};
    if (sparse) options.sparse = true;
    if (expireAfterSeconds !== undefined) options.expireAfterSeconds = expireAfterSeconds;
    await db.collection(COLLECTIONS[collection]).createIndex({ ...key }, options);
  }
}
