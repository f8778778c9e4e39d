import { createHash, randomUUID } from 'node:crypto';
import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { Binary, ObjectId, MongoServerError, type Collection, type Db, type Timestamp } from 'mongodb';
import { COLLECTIONS } from '../../../shared/model/collections';
import type { Mapping } from '../../../shared/model/mapping';
import { DAY_MS, HOUR_MS } from '../../../shared/time/units';
import type { PropertyColumn } from '../format/columnEvent';
import { PartGone } from '../snapshot';
import type { DayPart, StoredBlock } from './columnDay';
import {
  COLUMNS_VERSION,
  dayId,
  readBooks,
  stateDocumentSchema,
  type ColumnBooks,
  type DayDocument,
  type IdsDocument,
  type StateDocument,
} from './documents';
import type { Changes } from './follow';

const gzipAsync = promisify(gzip);

/** A document of `columnBlocks`: immutable bytes named by their SHA-256. */
export interface BlockDocument {
  readonly _id: string;
  readonly kind: 'events' | 'ids';
  readonly bytes: Binary;
  readonly rows: number;
  /** When somebody last stored these bytes, by the server's clock. */
  readonly storedAt: Date;
  /** New whenever somebody stores these bytes; blocks of before have none. */
  readonly storedAs?: ObjectId;
}

/** Blocks that are to go, and what they were stored as before anybody could do without them. */
export type StoredAs = ReadonlyMap<string, ObjectId | null>;

/** Somebody cleared the columns, or began them anew, while this one was at work. */
export class LineageEnded extends Error {
  constructor() {
    super('The columns were cleared or begun anew.');
    this.name = 'LineageEnded';
  }
}

type BucketDocument = DayDocument | IdsDocument | StateDocument;

/** What is larger is stored as two blocks, so that each stays far below the 16 MB that a document may have. */
export const MAX_BLOCK_BYTES = 12 * 2 ** 20;

/** Ids with more text than this, in UTF-16 code units, are stored apart without trying how small they become. */
const MAX_IDS_TEXT = 64 * 2 ** 20;

/** Blocks that nothing names are kept so long, for those who read or publish just now. */
export const UNNAMED_BLOCKS_KEPT_MS = 10 * 60_000;

/**
 * The columns of a database as documents, for who builds them. Every method is one write that is atomic by itself and
 * may be repeated; none relies on being the only writer.
 */
export class ColumnStore {
  readonly #buckets: Collection<BucketDocument>;
  readonly #blocks: Collection<BlockDocument>;

  /** @param db where the columns are kept, not necessarily where the events are */
  constructor(db: Db) {
    const options = { writeConcern: { w: 'majority' as const }, readPreference: 'primary' as const };
    this.#buckets = db.collection<BucketDocument>(COLLECTIONS.columnBuckets, options);
    this.#blocks = db.collection<BlockDocument>(COLLECTIONS.columnBlocks, options);
  }

  async readBooks(): Promise<ColumnBooks | null> {
    return readBooks(await this.#buckets.find({}, { readConcern: 'majority' }).toArray());
  }

  /** The one document that everything begins with, or null. */
  async readState(): Promise<StateDocument | null> {
    const document = await this.#buckets.findOne({ _id: 'state' }, { readConcern: 'majority' });
    return document ? stateDocumentSchema.parse(document) : null;
  }

  /** Begins columns where there are none; who loses the race takes the winner's. */
  async begin(database: string, mapping: Mapping, properties: readonly PropertyColumn[]): Promise<void> {
    const state: StateDocument = {
      _id: 'state',
      kind: 'state',
      version: COLUMNS_VERSION,
      lineage: randomUUID(),
      database,
      mapping,
      properties: [...properties],
      followed: null,
      complete: false,
      removed: null,
      rewritten: null,
      identitiesChanged: null,
      usersChanged: null,
      builtAt: new Date(0),
    };
    await ignoringDuplicate(this.#buckets.insertOne(state));
  }

  /** Sets where following begins, unless it has begun. */
  async startFollowing(lineage: string, from: Timestamp): Promise<void> {
    await this.#buckets.updateOne({ _id: 'state', lineage, followed: null }, { $set: { followed: from } });
  }

  /** Notes in each day which of its hours changed; days without an entry get one. @throws LineageEnded */
  async noteHours(lineage: string, hours: ReadonlyMap<number, Timestamp>): Promise<void> {
    const byDay = new Map<number, Record<string, Timestamp>>();
    for (const [hour, at] of hours) {
      const start = Math.floor(hour / 24) * DAY_MS;
      const noted = byDay.get(start) ?? {};
      noted[`changed.${hour - start / HOUR_MS}`] = at;
      byDay.set(start, noted);
    }
    if (byDay.size === 0) return;
    const operations = [...byDay].map(([start, noted]) => ({
      updateOne: {
        filter: { _id: dayId(start), lineage },
        update: {
          $max: noted,
          $setOnInsert: { kind: 'day' as const, start: new Date(start), revision: 0, parts: [] },
        },
        upsert: true,
      },
    }));
    try {
      await this.#buckets.bulkWrite(operations, { ordered: false });
    } catch (error) {
      // Another lineage has this day; or another writer made the same day at once, then repeating helps.
      if (!isDuplicate(error)) throw error;
      await this.requireLineage(lineage);
      await this.#buckets.bulkWrite(operations, { ordered: false });
    }
  }

  /** Notes what changed beside the hours, and that everything before `changes.through` is noted. */
  async advance(lineage: string, changes: Changes): Promise<void> {
    const { through, removed, rewritten, identities, users } = changes;
    await this.#buckets.updateOne(
      { _id: 'state', lineage },
      {
        $max: {
          followed: through,
          ...(removed ? { removed } : {}),
          ...(rewritten ? { rewritten } : {}),
          ...(identities ? { identitiesChanged: identities } : {}),
          ...(users ? { usersChanged: users } : {}),
        },
      },
    );
  }

  /** Stores bytes under their hash; bytes that are there stay. */
  async put(kind: BlockDocument['kind'], bytes: Uint8Array, rows: number): Promise<Omit<StoredBlock, 'end'>> {
    const hash = createHash('sha256').update(bytes).digest('hex');
    await this.#blocks.updateOne(
      { _id: hash },
      {
        $setOnInsert: { kind, rows, bytes: new Binary(bytes) },
        $set: { storedAs: new ObjectId() },
        $currentDate: { storedAt: true },
      },
      { upsert: true },
    );
    return { hash, bytes: bytes.length, rows };
  }

  /**
   * Stores one id a line, compressed, as several blocks where one would be too large. Equal ids of the two lists are two
   * blocks, told apart by a line break more.
   */
  async putIds(
    list: IdsDocument['_id'],
    ids: readonly (string | null)[],
  ): Promise<Omit<StoredBlock, 'end'>[]> {
    const length = ids.reduce((sum, id) => sum + (id?.length ?? 0), 0);
    if (length <= MAX_IDS_TEXT || ids.length === 1) {
      const text = ids.map((id) => `${JSON.stringify(id)}\n`).join('');
      const bytes = await gzipAsync(list === 'sessions' ? `${text}\n` : text);
      if (bytes.length <= MAX_BLOCK_BYTES || ids.length === 1)
        return [await this.put('ids', bytes, ids.length)];
    }
    const half = Math.ceil(ids.length / 2);
    return [...(await this.putIds(list, ids.slice(0, half))), ...(await this.putIds(list, ids.slice(half)))];
  }

  /** Replaces a list's chunks if nobody else did since `list` was read. */
  async replaceChunks(list: IdsDocument, chunks: IdsDocument['chunks'], size: number): Promise<boolean> {
    const { _id, lineage, revision } = list;
    const next: IdsDocument = { _id, kind: 'ids', lineage, revision: revision + 1, size, chunks };
    if (revision === 0) {
      return (await ignoringDuplicate(this.#buckets.insertOne(next))) !== null;
    }
    const { matchedCount } = await this.#buckets.replaceOne({ _id, lineage, revision }, next);
    return matchedCount === 1;
  }

  /**
   * Publishes parts of a day if nobody else did since `revision` was read: from here on readers see them.
   * @returns false when somebody did; nothing is changed then
   */
  async publish(
    lineage: string,
    day: { readonly start: number; readonly revision: number },
    parts: readonly DayPart[],
  ): Promise<boolean> {
    const { start, revision } = day;
    const update = {
      $set: { parts: [...parts] as DayDocument['parts'], revision: revision + 1 },
      $setOnInsert: { kind: 'day' as const, start: new Date(start), changed: {} },
    };
    const filter = { _id: dayId(start), lineage, revision };
    const written = await ignoringDuplicate(
      this.#buckets.updateOne(filter, update, { upsert: revision === 0 }),
    );
    return written !== null && written.matchedCount + written.upsertedCount === 1;
  }

  /** Says that every event stored when the columns were begun is in a block, or that blocks were built just now. */
  async noteBuilt(lineage: string, now: Date, complete: boolean): Promise<void> {
    await this.#buckets.updateOne(
      { _id: 'state', lineage },
      { $set: { builtAt: now, ...(complete ? { complete } : {}) } },
    );
  }

  /** Forgets that events were removed, unless more were since `removed`. */
  async settleRemoved(lineage: string, kind: 'removed' | 'rewritten', until: Timestamp): Promise<void> {
    await this.#buckets.updateOne(
      { _id: 'state', lineage, [kind]: { $lte: until } },
      { $set: { [kind]: null } },
    );
  }

  async declare(lineage: string, properties: readonly PropertyColumn[]): Promise<void> {
    await this.#buckets.updateOne({ _id: 'state', lineage }, { $set: { properties: [...properties] } });
  }

  /** Removes blocks that nothing has named for a while; returns how many. */
  async collect(keptMs = UNNAMED_BLOCKS_KEPT_MS): Promise<number> {
    const named = await this.#named();
    const stored = await this.#blocks.find({}, { projection: { _id: 1 }, readConcern: 'majority' }).toArray();
    const unnamed = stored.map(({ _id }) => _id).filter((hash) => !named.has(hash));
    if (unnamed.length === 0) return 0;
    const { deletedCount } = await this.#blocks.deleteMany({
      _id: { $in: unnamed },
      $expr: { $lte: ['$storedAt', { $subtract: ['$$NOW', keptMs] }] },
    });
    return deletedCount;
  }

  /** The bytes of a block. @throws PartGone */
  async readBytes(hash: string): Promise<Uint8Array> {
    const block = await this.#blocks.findOne({ _id: hash });
    if (!block) throw new PartGone();
    return block.bytes.value();
  }

  /** The hashes that are stored, of those given. */
  async present(hashes: readonly string[]): Promise<Set<string>> {
    const found = await this.#blocks
      .find({ _id: { $in: [...hashes] } }, { projection: { _id: 1 }, readConcern: 'majority' })
      .toArray();
    return new Set(found.map(({ _id }) => _id));
  }

  /** What blocks are stored as now; those that are not stored are left out. */
  async storedAs(hashes: readonly string[]): Promise<StoredAs> {
    const found = await this.#blocks
      .find({ _id: { $in: [...hashes] } }, { projection: { storedAs: 1 } })
      .toArray();
    return new Map(found.map(({ _id, storedAs }) => [_id, storedAs ?? null]));
  }

  /**
   * Removes blocks at once, for what must not be kept; not those that somebody has stored again meanwhile.
   * @param blocks as they were stored before the change after which nothing names them: who stored one of them until
   * then and names it later is refused, since that change was made meanwhile
   */
  async removeBlocks(blocks: StoredAs): Promise<void> {
    const named = await this.#named();
    for (const [hash, storedAs] of blocks) {
      if (!named.has(hash))
        await this.#blocks.deleteOne({ _id: hash, storedAs: storedAs ?? { $exists: false } });
    }
  }

  async #named(): Promise<Set<string>> {
    const books = await this.readBooks();
    const named = new Set<string>();
    for (const day of books?.days ?? []) {
      for (const part of day.parts) for (const { hash } of part.blocks) named.add(hash);
    }
    for (const list of books ? [books.users, books.sessions] : []) {
      for (const { hash } of list.chunks) named.add(hash);
    }
    return named;
  }

  /**
   * Tries to become, or stay, the one that builds for `leaseMs`. It saves work when several are there; nothing
   * depends on it for being right.
   */
  async lease(lineage: string, by: string, leaseMs: number): Promise<boolean> {
    const { matchedCount } = await this.#buckets.updateOne(
      {
        _id: 'state',
        lineage,
        $or: [{ leaseBy: by }, { leaseBy: { $exists: false } }, { $expr: { $lt: ['$leaseUntil', '$$NOW'] } }],
      },
      // A lease that has more than half of its time left stays as it is, and nothing is written.
      [
        {
          $set: {
            leaseBy: by,
            leaseUntil: {
              $cond: [
                {
                  $and: [
                    { $eq: ['$leaseBy', by] },
                    { $gt: ['$leaseUntil', { $add: ['$$NOW', leaseMs / 2] }] },
                  ],
                },
                '$leaseUntil',
                { $add: ['$$NOW', leaseMs] },
              ],
            },
          },
        },
      ],
    );
    return matchedCount === 1;
  }

  /** Gives the lease back. */
  async release(by: string): Promise<void> {
    await this.#buckets.updateOne({ _id: 'state', leaseBy: by } as object, {
      $unset: { leaseBy: '', leaseUntil: '' },
    });
  }

  /** Removes everything of the columns: what they begin with first, so that no reader takes the rest for whole. */
  async clear(): Promise<void> {
    await this.#buckets.deleteOne({ _id: 'state' });
    await this.#buckets.deleteMany({});
    await this.#blocks.deleteMany({});
  }

  /** @throws LineageEnded */
  async requireLineage(lineage: string): Promise<void> {
    const state = await this.#buckets.findOne({ _id: 'state', lineage });
    if (!state) throw new LineageEnded();
  }
}

const isDuplicate = (error: unknown): boolean => error instanceof MongoServerError && error.code === 11_000;

/** Null when the document is there already. */
async function ignoringDuplicate<T>(write: Promise<T>): Promise<T | null> {
  try {
    return await write;
  } catch (error) {
    if (isDuplicate(error)) return null;
    throw error;
  }
}
