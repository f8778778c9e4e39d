import { createHash } from 'node:crypto';
import type { Collection, Db, MongoClient } from 'mongodb';
import type { IngestItem } from '../../../src/shared/model/ingest/item';

/** Who was deleted and when; the id only as its hash. Kept as long as a log may hold what was received before. */
export interface StoredErasure {
  _id: string;
  at: Date;
}

/** Of whom something received speaks, and when it was received. */
export interface Received {
  readonly ids: readonly (string | undefined)[];
  /** Milliseconds since 1970. */
  readonly receivedAtMs: number;
}

const KEPT_SECONDS = 30 * 86_400;
const REFRESH_MS = 2_000;

/** So long after an erasure was recorded every writer knows of it, batches that it had just begun included. */
export const KNOWN_WITHIN_MS = REFRESH_MS + 1_000;

export const hashId = (id: string): string => createHash('sha256').update(id, 'utf8').digest('hex');

const collectionOf = (db: Db): Collection<StoredErasure> => db.collection<StoredErasure>('erasures');

/**
 * Deletions of people, so that what a log still holds of them (of this collector or another) does not come back
 * when it is written later.
 */
export class Erasures {
  private readonly known = new Map<string, { readAt: number; at: Map<string, number> }>();

  constructor(private readonly client: MongoClient) {}

  /** Records that ids were deleted; durable before anything is removed. */
  async add(database: string, ids: readonly string[], at: Date): Promise<void> {
    const collection = collectionOf(this.client.db(database));
    await collection.createIndex({ at: 1 }, { expireAfterSeconds: KEPT_SECONDS });
    await collection.bulkWrite(
      ids.map((id) => ({
        updateOne: { filter: { _id: hashId(id) }, update: { $max: { at } }, upsert: true },
      })),
      { writeConcern: { w: 'majority', journal: true } },
    );
    this.known.delete(database);
  }

  /**
   * Tells of what is received whether it may still be written: not when its person was deleted after its receipt.
   * Null when nobody was deleted lately.
   */
  async filter(database: string): Promise<((received: Received) => boolean) | null> {
    let known = this.known.get(database);
    if (!known || Date.now() - known.readAt > REFRESH_MS) {
      const at = new Map<string, number>();
      for await (const erasure of collectionOf(this.client.db(database)).find())
        at.set(erasure._id, erasure.at.getTime());
      known = { readAt: Date.now(), at };
      this.known.set(database, known);
    }
    const { at } = known;
    if (at.size === 0) return null;
    return ({ ids, receivedAtMs }) =>
      ids.every((id) => {
        const erasedAt = id === undefined ? undefined : at.get(hashId(id));
        return erasedAt === undefined || receivedAtMs > erasedAt;
      });
  }
}

/** Of whom something received speaks. */
export const receivedOf = (item: IngestItem): Received =>
  item.kind === 'event'
    ? { ids: [item.event.userId, item.event.anonymousId], receivedAtMs: item.event.receivedAt.getTime() }
    : { ids: [item.message.userId, item.message.alias], receivedAtMs: item.message.receivedAt.getTime() };
