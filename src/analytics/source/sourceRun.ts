import type { Document } from 'mongodb';
import type { Snapshot } from './snapshot';
import type { CallOptions, FindOptions, Source } from './source';

/** One call as it went to the server, for explaining. */
export interface RecordedCall {
  readonly collection: string;
  /** What this call is for, in a few words. */
  readonly purpose: string;
  readonly pipeline: readonly Document[];
  readonly hint?: Document | string | undefined;
}

export interface RunOptions {
  /** Names the report on the server. */
  readonly comment: string;
  readonly signal?: AbortSignal | undefined;
  /** For the whole run; each call gets what is left. */
  readonly maxTimeMs: number;
  /** Wall clock in ms; only for what is left of the limit. */
  readonly clock?: (() => number) | undefined;
  /** Everything is read as it was then. */
  readonly snapshot?: Snapshot | undefined;
}

/**
 * The calls of one run of a report: all with its comment, its signal and the rest of its time limit, and all
 * recorded.
 */
export class SourceRun {
  readonly source: Source;
  readonly calls: RecordedCall[] = [];
  readonly signal: AbortSignal | undefined;
  readonly #comment: string;
  readonly #clock: () => number;
  readonly #limitMs: number;
  readonly #deadline: number;
  readonly #snapshot: Snapshot | undefined;
  readonly #indexes = new Map<string, Promise<Document[]>>();

  constructor(source: Source, options: RunOptions) {
    this.source = source;
    this.signal = options.signal;
    this.#comment = options.comment;
    this.#snapshot = options.snapshot;
    this.#clock = options.clock ?? Date.now;
    this.#limitMs = options.maxTimeMs;
    this.#deadline = this.#clock() + options.maxTimeMs;
  }

  /** Streams an aggregation over a collection, batch by batch. */
  aggregate<T extends Document>(
    collection: string,
    pipeline: readonly Document[],
    options: { purpose?: string; hint?: Document | string | undefined } = {},
  ): AsyncGenerator<T[]> {
    this.calls.push({ collection, purpose: options.purpose ?? 'read', pipeline, hint: options.hint });
    return this.source.aggregate<T>(collection, pipeline, { ...this.callOptions(), hint: options.hint });
  }

  /** Streams an aggregation over the events of the mapping. */
  aggregateEvents<T extends Document>(
    pipeline: readonly Document[],
    options: { purpose?: string; hint?: Document | string | undefined } = {},
  ): AsyncGenerator<T[]> {
    return this.aggregate<T>(this.source.mapping.events.collection, pipeline, options);
  }

  /** Streams the documents that match; recorded as the pipeline that does the same. */
  find<T extends Document>(
    collection: string,
    filter: Document,
    options: Pick<FindOptions, 'projection' | 'sort' | 'limit' | 'hint'> & { purpose?: string } = {},
  ): AsyncGenerator<T[]> {
    const pipeline: Document[] = [
      { $match: filter },
      ...(options.sort ? [{ $sort: options.sort }] : []),
      ...(options.limit === undefined ? [] : [{ $limit: options.limit }]),
      ...(options.projection ? [{ $project: options.projection }] : []),
    ];
    this.calls.push({ collection, purpose: options.purpose ?? 'read', pipeline, hint: options.hint });
    return this.source.find<T>(collection, filter, { ...options, ...this.callOptions() });
  }

  /** How many documents match, or `limit` when there are at least so many. */
  async count(
    collection: string,
    filter: Document,
    options: { purpose?: string; limit?: number; hint?: Document | string | undefined } = {},
  ): Promise<number> {
    const pipeline: Document[] = [{ $match: filter }, { $count: 'n' }];
    this.calls.push({ collection, purpose: options.purpose ?? 'count', pipeline, hint: options.hint });
    return this.source.count(collection, filter, {
      ...this.callOptions(),
      hint: options.hint,
      ...(options.limit === undefined ? {} : { limit: options.limit }),
    });
  }

  /** The indexes of a collection, asked for once. */
  indexesOf(collection: string): Promise<Document[]> {
    const known = this.#indexes.get(collection);
    if (known) return known;
    const asked = this.source.listIndexes(collection, this.callOptions());
    this.#indexes.set(collection, asked);
    return asked;
  }

  /** What every call of this run is made with. */
  callOptions(): CallOptions & { comment: string; signal: AbortSignal | undefined; maxTimeMs: number } {
    return {
      snapshot: this.#snapshot,
      comment: this.#comment,
      signal: this.signal,
      maxTimeMs: Math.max(1, Math.ceil(this.#deadline - this.#clock())),
      wholeLimitMs: this.#limitMs,
    };
  }
}
