import { setTimeout as pause } from 'node:timers/promises';
import { Timestamp, type AbstractCursor, type Db, type Document, type MongoClient } from 'mongodb';
import { WaymarkError } from '../../shared/errors';
import type { Mapping } from '../../shared/model/mapping';
import { CallSession } from './callSession';
import { isHistoryLost, isWithoutHistory, readChanges } from './changeFeed';
import { explainDriverError } from './driverErrors';
import { listCollections } from './listCollections';
import { isOutlived, Snapshot, SnapshotOutlived, type ChangeBatch } from './snapshot';

const SERVERS_OWN: ReadonlySet<string> = new Set(['admin', 'config', 'local']);
/** The server-side time limit of a call when none is given; what Atlas allows at most. */
export const DEFAULT_MAX_TIME_MS = 300_000;

/** How many moments are tried one after the other where the server does not let one be read. */
const MOST_MOMENTS = 10;

/** How every call is run. */
export interface CallOptions {
  /** Names the report in the server's log and in `currentOp`. */
  readonly comment?: string | undefined;
  /** Ends the operation on the server when aborted. */
  readonly signal?: AbortSignal | undefined;
  readonly maxTimeMs?: number | undefined;
  /** What errors tell as the limit; `maxTimeMs` unless that is what is left of it. */
  readonly wholeLimitMs?: number | undefined;
  readonly hint?: Document | string | undefined;
  /** Reads what was stored at this moment instead of what is stored now. */
  readonly snapshot?: Snapshot | undefined;
}

export interface FindOptions extends CallOptions {
  readonly projection?: Document;
  readonly sort?: Document;
  readonly limit?: number;
}

export interface SourceDetails {
  readonly client: MongoClient;
  readonly database: string;
  readonly mapping: Mapping;
  readonly serverVersion: string;
  /** `host:port, host:port`, without credentials. */
  readonly hosts: string;
  readonly collections: ReadonlySet<string>;
}

/**
 * A database open for reading, seen through a mapping. It owns every driver call of the analyses: each has a
 * time limit, a comment and a way to be ended, and every failure is a `WaymarkError`.
 */
export class Source {
  readonly database: string;
  readonly mapping: Mapping;
  readonly serverVersion: string;
  readonly hosts: string;
  #collections: ReadonlySet<string>;
  readonly #client: MongoClient;
  readonly #db: Db;

  constructor(details: SourceDetails) {
    this.#client = details.client;
    this.#db = details.client.db(details.database);
    this.database = details.database;
    this.mapping = details.mapping;
    this.serverVersion = details.serverVersion;
    this.hosts = details.hosts;
    this.#collections = details.collections;
  }

  /** The same database seen through another mapping; shares the connection. */
  withMapping(mapping: Mapping): Source {
    return this.#with({ mapping });
  }

  #with(other: Partial<SourceDetails>): Source {
    const { database, mapping, serverVersion, hosts, collections } = this;
    return new Source({
      client: this.#client,
      database,
      mapping,
      serverVersion,
      hosts,
      collections,
      ...other,
    });
  }

  /** Names of the collections that existed when it was last asked, and may be listed. */
  get collections(): ReadonlySet<string> {
    return this.#collections;
  }

  /** Names of the collections that exist by now and may be listed. */
  async presentCollections(): Promise<ReadonlySet<string>> {
    try {
      this.#collections = await listCollections(this.#db);
    } catch (error) {
      throw this.#explain(error, undefined, {});
    }
    return this.#collections;
  }

  /** Whether a collection exists and may be read. One that was not there when the source was opened may be by now. */
  async hasCollection(name: string): Promise<boolean> {
    return this.#collections.has(name) || (await this.presentCollections()).has(name);
  }

  /** Another database of the same cluster; shares the connection. */
  inDatabase(database: string): Source {
    return this.#with({ database, collections: new Set() });
  }

  /**
   * Fixes the present moment of the cluster, for reads that must fit together. It includes every
   * write that a majority of the nodes had acknowledged before the call.
   * @param collection any that exists
   * @throws WaymarkError `badInput` where the server can't do so (no replica set, or older than 5.0); SnapshotOutlived
   * while collections are being made as fast as moments are chosen
   */
  async openSnapshot(collection: string, options: CallOptions = {}): Promise<Snapshot> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#openSnapshot(collection, options);
      } catch (error) {
        // A collection that was made just now can't be read at a moment the server chose just before; soon it can.
        if (!(error instanceof SnapshotOutlived) || attempt === MOST_MOMENTS) throw error;
        await pause(attempt * 40);
      }
    }
  }

  async #openSnapshot(collection: string, options: CallOptions): Promise<Snapshot> {
    const session = this.#client.startSession({ snapshot: true });
    try {
      const reply = await this.#db.command(
        {
          find: collection,
          limit: 1,
          projection: { _id: 1 },
          ...(options.comment === undefined ? {} : { comment: options.comment }),
        },
        { session, readPreference: this.#client.readPreference },
      );
      const { atClusterTime } = reply['cursor'] as { readonly atClusterTime?: unknown };
      if (atClusterTime instanceof Timestamp) return new Snapshot(atClusterTime);
    } catch (error) {
      if (isOutlived(error)) throw new SnapshotOutlived(error);
      if (!isWithoutHistory(error)) throw this.#explain(error, undefined, options);
    } finally {
      await session.endSession().catch(() => undefined);
    }
    throw new WaymarkError(
      'badInput',
      'This server keeps no history to read from: columns in the database need a replica set of MongoDB 5.0 or newer.',
    );
  }

  /**
   * The changes of this database from a moment on (those that bear it included), batch by batch, until all up to
   * `until` have been given, or, without it, all that there are now.
   * @param stages what follows `$changeStream`; must keep `_id`
   * @param fields further keys of the `$changeStream` stage
   * @throws WaymarkError `badInput` when the cluster no longer knows what changed since then, or has no change streams
   */
  async *changes(
    range: { readonly from: Timestamp; readonly until?: Timestamp },
    stages: readonly Document[],
    fields: Document,
    options: CallOptions = {},
  ): AsyncGenerator<ChangeBatch> {
    const own = new CallSession(this.#client, { signal: options.signal });
    const call = { session: own.session, readPreference: this.#client.readPreference };
    const stream = { $changeStream: { ...fields, startAtOperationTime: range.from } };
    try {
      yield* readChanges(this.#db, call, [stream, ...stages], {
        until: range.until,
        comment: options.comment,
      });
    } catch (error) {
      if (isHistoryLost(error)) {
        throw new WaymarkError('badInput', 'The cluster no longer knows what has changed since then.', {
          cause: error,
        });
      }
      if (isWithoutHistory(error)) {
        throw new WaymarkError('badInput', 'This server has no change streams.', { cause: error });
      }
      throw this.#explain(error, undefined, options);
    } finally {
      await own.end();
    }
  }

  /** Streams an aggregation's documents, batch by batch as they come from the server. */
  aggregate<T extends Document>(
    collection: string,
    pipeline: readonly Document[],
    options: CallOptions = {},
  ): AsyncGenerator<T[]> {
    return this.#stream<T>(collection, options, (common) =>
      this.#db.collection(collection).aggregate<T>([...pipeline], {
        ...common,
        allowDiskUse: true,
        ...(options.hint === undefined ? {} : { hint: options.hint }),
      }),
    );
  }

  /** Streams the documents that match, batch by batch. */
  find<T extends Document>(
    collection: string,
    filter: Document,
    options: FindOptions = {},
  ): AsyncGenerator<T[]> {
    return this.#stream<T>(collection, options, (common) =>
      this.#db.collection<Document>(collection).find<T>(filter, {
        ...common,
        allowDiskUse: true,
        ...(options.projection ? { projection: options.projection } : {}),
        ...(options.sort ? { sort: options.sort } : {}),
        ...(options.limit === undefined ? {} : { limit: options.limit }),
        ...(options.hint === undefined ? {} : { hint: options.hint }),
      }),
    );
  }

  /**
   * Streams the `_id`s of the documents inserted from now on: those of about a quarter of a second at a time,
   * and an empty list when there were none for half a second. Ends when the signal is aborted.
   * @throws WaymarkError at once where there are no change streams (a standalone server, no right to them)
   */
  async *watchInserts(
    collection: string,
    options: Pick<CallOptions, 'comment' | 'signal'> = {},
  ): AsyncGenerator<unknown[]> {
    const { signal, comment } = options;
    const stream = this.#db
      .collection(collection)
      .watch([{ $match: { operationType: 'insert' } }, { $project: { documentKey: 1 } }], {
        maxAwaitTimeMS: 500,
        ...(comment === undefined ? {} : { comment }),
      });
    const stop = (): void => void stream.close().catch(() => undefined);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      while (signal?.aborted !== true) {
        const ids: unknown[] = [];
        const until = Date.now() + 250;
        let change = await stream.tryNext();
        while (change !== null) {
          ids.push((change as { documentKey?: { _id: unknown } }).documentKey?._id);
          if (ids.length >= 1_000 || Date.now() >= until) break;
          change = await stream.tryNext();
        }
        yield ids;
      }
    } catch (error) {
      throw this.#explain(error, collection, options);
    } finally {
      signal?.removeEventListener('abort', stop);
      await stream.close().catch(() => undefined);
    }
  }

  /** How many documents match; counts index keys where an index can tell. */
  async count(
    collection: string,
    filter: Document,
    options: CallOptions & { limit?: number } = {},
  ): Promise<number> {
    const reply = await this.#command(
      {
        count: collection,
        query: filter,
        ...(options.limit === undefined ? {} : { limit: options.limit }),
        ...(options.hint === undefined ? {} : { hint: options.hint }),
      },
      collection,
      options,
    );
    return Number(reply['n']);
  }

  /** The number of documents by the collection's own books: instant, and approximate after a crash. */
  async estimateCount(collection: string, options: CallOptions = {}): Promise<number> {
    return this.count(collection, {}, options);
  }

  /** The plan of an aggregation as the server explains it. */
  async explain(
    collection: string,
    pipeline: readonly Document[],
    verbosity: 'queryPlanner' | 'executionStats',
    options: CallOptions = {},
  ): Promise<Document> {
    return this.#command(
      {
        explain: {
          aggregate: collection,
          pipeline: [...pipeline],
          cursor: {},
          allowDiskUse: true,
          ...(options.hint === undefined ? {} : { hint: options.hint }),
        },
        verbosity,
      },
      collection,
      options,
    );
  }

  /** The indexes of a collection; empty when there are none or they may not be listed. */
  async listIndexes(collection: string, options: CallOptions = {}): Promise<Document[]> {
    try {
      const reply = await this.#command(
        { listIndexes: collection, cursor: { batchSize: 1000 } },
        collection,
        options,
      );
      return (reply['cursor'] as { firstBatch: Document[] }).firstBatch;
    } catch (error) {
      if (error instanceof WaymarkError && (error.code === 'noRight' || error.code === 'internal')) return [];
      throw error;
    }
  }

  /** Runs a read-only command of this database, for what the other calls do not cover. */
  async command(command: Document, options: CallOptions = {}): Promise<Document> {
    return this.#command(command, undefined, options);
  }

  /** Names of the databases that the login may see, without the server's own. */
  async databases(options: CallOptions = {}): Promise<string[]> {
    const command = { listDatabases: 1, nameOnly: true, authorizedDatabases: true };
    const reply = await this.#command(command, undefined, options, this.#client.db('admin'));
    const listed = (reply['databases'] ?? []) as readonly { readonly name: string }[];
    return listed.map(({ name }) => name).filter((name) => !SERVERS_OWN.has(name));
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #command(
    command: Document,
    collection: string | undefined,
    options: CallOptions,
    db: Db = this.#db,
  ): Promise<Document> {
    const own = new CallSession(this.#client, { signal: options.signal });
    try {
      return await db.command(
        {
          ...command,
          maxTimeMS: options.maxTimeMs ?? DEFAULT_MAX_TIME_MS,
          ...(options.comment === undefined ? {} : { comment: options.comment }),
        },
        {
          session: own.session,
          readPreference: this.#client.readPreference,
          ...(options.signal ? { signal: options.signal } : {}),
        },
      );
    } catch (error) {
      throw this.#explain(error, collection, options);
    } finally {
      await own.end();
    }
  }

  async *#stream<T extends Document>(
    collection: string,
    options: CallOptions,
    open: (common: Document) => AbstractCursor<T>,
  ): AsyncGenerator<T[]> {
    const { signal } = options;
    if (signal?.aborted === true) throw this.#explain(signal.reason, collection, options);
    const own = new CallSession(this.#client, options);
    let cursor: AbstractCursor<T> | undefined;
    try {
      cursor = open({
        session: own.session,
        maxTimeMS: options.maxTimeMs ?? DEFAULT_MAX_TIME_MS,
        batchSize: 50_000,
        ...(options.comment === undefined ? {} : { comment: options.comment }),
        ...(signal ? { signal } : {}),
      });
      while (await cursor.hasNext()) {
        const batch = cursor.readBufferedDocuments();
        if (batch.length > 0) yield batch;
        else {
          const next = await cursor.next();
          if (next !== null) yield [next];
        }
      }
    } catch (error) {
      if (options.snapshot && isOutlived(error)) throw new SnapshotOutlived(error);
      throw this.#explain(error, collection, options);
    } finally {
      await cursor?.close().catch(() => undefined);
      await own.end();
    }
  }

  #explain(error: unknown, collection: string | undefined, options: CallOptions): WaymarkError {
    return explainDriverError(error, {
      hosts: this.hosts,
      database: this.database,
      collection,
      maxTimeMs: options.wholeLimitMs ?? options.maxTimeMs ?? DEFAULT_MAX_TIME_MS,
      isCancelled: options.signal?.aborted,
    });
  }
}

/** The documents of a stream of batches, one by one. */
export async function* eachDocument<T>(batches: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const batch of batches) yield* batch;
}

/** All documents of a stream, for answers known to be small. */
export async function allDocuments<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) for (const document of batch) all.push(document);
  return all;
}
