import type { CreateIndexesOptions, Db } from 'mongodb';
import { COLLECTIONS } from '../../shared/model/collections';
import { INDEXES } from '../../shared/model/indexes';
import { listCollections } from '../source/listCollections';

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

/** What stands in the way of creating Waymark's indexes in a database without asking. */
export interface IndexConsent {
  /** Indexes of the one list that are missing, as `collection { key }`. */
  readonly missing: readonly string[];
  /** Collections that are not Waymark's; with none the database is its own. */
  readonly foreign: readonly string[];
}

/** Looks which indexes are missing, and whether a database holds anything but Waymark's own collections. */
export async function checkIndexConsent(db: Db): Promise<IndexConsent> {
  const own = new Set<string>(Object.values(COLLECTIONS));
  const names = [...(await listCollections(db))];
  const keys = new Map<string, Set<string>>();
  for (const name of names.filter((each) => own.has(each))) {
    const indexes = await db.collection(name).indexes();
    keys.set(name, new Set(indexes.map((index) => JSON.stringify(index['weights'] ?? index.key))));
  }
  const missing = INDEXES.filter(({ collection, key }) => {
    const texts = Object.entries(key).filter(([, kind]) => kind === 'text');
    const wanted = texts.length > 0 ? Object.fromEntries(texts.map(([field]) => [field, 1])) : key;
    const held = keys.get(COLLECTIONS[collection]);
    return held === undefined || !held.has(JSON.stringify(sorted(wanted, texts.length > 0)));
  });
  return {
    missing: missing.map(
      ({ collection, key }) => `${COLLECTIONS[collection]} { ${Object.keys(key).join(', ')} }`,
    ),
    foreign: names.filter((name) => !own.has(name)).sort(),
  };
}

/** The server lists the fields of a text index by name; the order of other keys matters. */
function sorted(key: Readonly<Record<string, unknown>>, byName: boolean): Readonly<Record<string, unknown>> {
  return byName ? Object.fromEntries(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))) : key;
}
