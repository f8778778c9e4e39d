import { createHash } from 'node:crypto';
import { Binary } from 'mongodb';
import { COLLECTIONS } from '../../../shared/model/collections';
import { allDocuments, type Source } from '../../source/source';
import { PartGone } from '../snapshot';
import type { IdsDocument } from './documents';
import { decodeIds } from './idChunks';

const COMMENT = 'waymark columns';

interface StoredBytes {
  readonly _id: string;
  readonly bytes?: unknown;
}

interface Asked {
  readonly hash: string;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads blocks that a database holds, and keeps the lists of ids. */
export class StoredBlocks {
  readonly #home: Source;
  /** What the next request fetches. */
  #asked: Asked[] = [];
  #chunks = new Map<string, readonly (string | null)[]>();
  readonly #lists = new Map<string, { revision: number; ids: readonly (string | null)[] }>();
  /** Blocks that were named and not found, or damaged: their hours are read from the events. */
  readonly gone = new Set<string>();

  constructor(home: Source) {
    this.#home = home;
  }

  /**
   * The bytes of a block, which are what its name says. Calls of one moment share a request, unless they can be
   * cancelled.
   * @throws PartGone
   */
  async read(hash: string, signal?: AbortSignal): Promise<Uint8Array> {
    if (signal) return this.#checked(hash, await this.#fetch([hash], signal));
    return new Promise((resolve, reject) => {
      if (this.#asked.length === 0) setImmediate(() => void this.#fetchAsked());
      this.#asked.push({ hash, resolve, reject });
    });
  }

  async #fetchAsked(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    const found = this.#fetch([...new Set(asked.map(({ hash }) => hash))]);
    await Promise.all(
      asked.map(({ hash, resolve, reject }) =>
        found.then((blocks) => resolve(this.#checked(hash, blocks))).catch(reject),
      ),
    );
  }

  async #fetch(hashes: readonly string[], signal?: AbortSignal): Promise<ReadonlyMap<string, unknown>> {
    const options = { comment: COMMENT, signal };
    const found = await allDocuments(
      this.#home.find<StoredBytes>(COLLECTIONS.columnBlocks, { _id: { $in: hashes } }, options),
    );
    return new Map(found.map(({ _id, bytes }) => [_id, bytes]));
  }

  /** @throws PartGone when the block is not there or not what its name says */
  #checked(hash: string, blocks: ReadonlyMap<string, unknown>): Uint8Array {
    const stored = blocks.get(hash);
    // Not as a view of the whole message it came in, which would go with it from thread to thread.
    const bytes = stored instanceof Binary ? Uint8Array.from(stored.value()) : null;
    if (bytes && createHash('sha256').update(bytes).digest('hex') === hash) return bytes;
    this.gone.add(hash);
    throw new PartGone();
  }

  /** A list of ids as it is at one revision. @throws PartGone */
  async ids(list: IdsDocument, signal?: AbortSignal): Promise<readonly (string | null)[]> {
    const known = this.#lists.get(list._id);
    if (known?.revision === list.revision) return known.ids;
    const ids: (string | null)[] = [];
    for (const { hash, rows } of list.chunks) {
      const chunk = this.#chunks.get(hash) ?? decodeIds(await this.read(hash, signal), rows);
      this.#chunks.set(hash, chunk);
      for (const id of chunk) ids.push(id);
    }
    this.#lists.set(list._id, { revision: list.revision, ids });
    return ids;
  }

  /** Forgets chunks that no list names any more. */
  keepOnly(lists: readonly IdsDocument[]): void {
    const named = new Set(lists.flatMap(({ chunks }) => chunks.map(({ hash }) => hash)));
    this.#chunks = new Map([...this.#chunks].filter(([hash]) => named.has(hash)));
  }

  forget(): void {
    this.#chunks.clear();
    this.#lists.clear();
    this.gone.clear();
  }
}
