import { createHash } from 'node:crypto';
import { Binary } from 'mongodb';
import { COLLECTIONS } from '../../../shared/model/collections';
import type { Source } from '../../source/source';
import { PartGone } from '../snapshot';
import type { IdsDocument } from './documents';
import { decodeIds } from './idChunks';

const COMMENT = 'waymark columns';

/** A block on its way. */
class AskedBlock {
  isGiven = false;
  give: (bytes: Uint8Array) => void = () => undefined;
  fail: (error: unknown) => void = () => undefined;
  readonly bytes = new Promise<Uint8Array>((resolve, reject) => {
    this.give = (bytes) => {
      this.isGiven = true;
      resolve(bytes);
    };
    this.fail = reject;
  });
}

/** Reads blocks that a database holds, and keeps the lists of ids. */
export class StoredBlocks {
  readonly #home: Source;
  #chunks = new Map<string, readonly (string | null)[]>();
  #asked = new Map<string, AskedBlock>();
  readonly #lists = new Map<string, { revision: number; ids: readonly (string | null)[] }>();
  /** Blocks that were named and not found, or damaged: their hours are read from the events. */
  readonly gone = new Set<string>();

  constructor(home: Source) {
    this.#home = home;
  }

  /** The bytes of a block, which are what its name says; blocks asked for at once are fetched at once. @throws PartGone */
  read(hash: string): Promise<Uint8Array> {
    const asked = this.#asked.get(hash);
    if (asked) return asked.bytes;
    if (this.#asked.size === 0) setImmediate(() => void this.#fetchAsked());
    const block = new AskedBlock();
    this.#asked.set(hash, block);
    return block.bytes;
  }

  async #fetchAsked(): Promise<void> {
    const asked = this.#asked;
    this.#asked = new Map();
    try {
      const found = this.#home.find<{ _id: string; bytes?: unknown }>(
        COLLECTIONS.columnBlocks,
        { _id: { $in: [...asked.keys()] } },
        { comment: COMMENT },
      );
      for await (const batch of found) {
        for (const { _id, bytes: stored } of batch) {
          const bytes = stored instanceof Binary ? stored.value() : null;
          if (bytes && createHash('sha256').update(bytes).digest('hex') === _id) asked.get(_id)?.give(bytes);
        }
      }
      for (const [hash, block] of asked) {
        if (block.isGiven) continue;
        this.gone.add(hash);
        block.fail(new PartGone());
      }
    } catch (error) {
      for (const block of asked.values()) block.fail(error);
    }
  }

  /** A list of ids as it is at one revision. @throws PartGone */
  async ids(list: IdsDocument): Promise<readonly (string | null)[]> {
    const known = this.#lists.get(list._id);
    if (known?.revision === list.revision) return known.ids;
    const ids: (string | null)[] = [];
    for (const { hash, rows } of list.chunks) {
      const chunk = this.#chunks.get(hash) ?? decodeIds(await this.read(hash), rows);
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
