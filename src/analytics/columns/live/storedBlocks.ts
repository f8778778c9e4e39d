import { createHash } from 'node:crypto';
import { Binary } from 'mongodb';
import { COLLECTIONS } from '../../../shared/model/collections';
import { allDocuments, type Source } from '../../source/source';
import { PartGone } from '../snapshot';
import type { IdsDocument } from './documents';
import { decodeIds } from './idChunks';

const COMMENT = 'waymark columns';

/** Reads blocks that a database holds, and keeps the lists of ids. */
export class StoredBlocks {
  readonly #home: Source;
  #chunks = new Map<string, readonly (string | null)[]>();
  readonly #lists = new Map<string, { revision: number; ids: readonly (string | null)[] }>();
  /** Blocks that were named and not found, or damaged: their hours are read from the events. */
  readonly gone = new Set<string>();

  constructor(home: Source) {
    this.#home = home;
  }

  /** The bytes of a block, which are what its name says. @throws PartGone */
  async read(hash: string, signal?: AbortSignal): Promise<Uint8Array> {
    const options = { comment: COMMENT, signal };
    const [found] = await allDocuments(
      this.#home.find<{ bytes?: unknown }>(COLLECTIONS.columnBlocks, { _id: hash }, options),
    );
    const bytes = found?.bytes instanceof Binary ? found.bytes.value() : null;
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
