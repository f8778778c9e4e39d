import { MongoClient, ObjectId, type Db } from 'mongodb';
import type { StoredEvent } from '../../shared/model/event';
import { INDEXES } from '../../shared/model/indexes';
import { COLLECTIONS } from '../../shared/model/collections';
import type { Stored } from '../reference/world';
import { openSource } from '../source/openSource';
import type { Source } from '../source/source';

/** A database of one's own that is filled with one stream after the other. */
export interface StreamDatabase {
  readonly source: Source;
  /** Replaces everything stored; ids of users in the events take whatever form their text allows. */
  load(stored: Stored): Promise<void>;
  close(): Promise<void>;
}

async function replaceAll(db: Db, collection: string, documents: readonly object[]): Promise<void> {
  await db.collection(collection).deleteMany({});
  if (documents.length > 0) await db.collection(collection).insertMany([...documents]);
}

/** Every other event with its user's id as the number or the ObjectId that its text is of. */
function withOtherId(event: StoredEvent, index: number): object {
  const { userId } = event;
  if (index % 2 === 1) return event;
  if (/^\d+$/.test(userId)) return { ...event, userId: Number(userId) };
  return /^[0-9a-f]{24}$/.test(userId) ? { ...event, userId: new ObjectId(userId) } : event;
}

/** Opens an empty database with the collections and indexes that reports use. */
export async function openStreamDatabase(uri: string, database: string): Promise<StreamDatabase> {
  const client = await MongoClient.connect(uri);
  const db = client.db(database);
  await db.dropDatabase();
  for (const collection of [COLLECTIONS.events, COLLECTIONS.users, COLLECTIONS.identities]) {
    await db.createCollection(collection);
  }
  const keys = INDEXES.filter(({ collection }) => collection === 'events').map(({ key }) => ({
    key: { ...key },
  }));
  await db.collection(COLLECTIONS.events).createIndexes(keys);
  const source = await openSource({ uri, database });
  return {
    source,
    async load(stored) {
      await replaceAll(db, COLLECTIONS.events, stored.events.map(withOtherId));
      await replaceAll(db, COLLECTIONS.users, stored.users);
      await replaceAll(db, COLLECTIONS.identities, stored.identities);
    },
    async close() {
      await source.close();
      await db.dropDatabase();
      await client.close();
    },
  };
}
