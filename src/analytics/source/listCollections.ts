import type { Db } from 'mongodb';

/** Names of the collections of a database that exist and may be listed. */
export async function listCollections(db: Db): Promise<Set<string>> {
  const listed = await db.listCollections({}, { nameOnly: true, authorizedCollections: true }).toArray();
  return new Set(listed.map(({ name }) => name).filter((name) => !name.startsWith('system.')));
}
