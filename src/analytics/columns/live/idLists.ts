import { MAX_BLOCK_BYTES, type ColumnStore, type StoredAs } from './columnStore';
import { decodeIds, findOrdinals, MAX_CHUNK_IDS } from './idChunks';
import type { IdsDocument } from './documents';

/** Reads the bytes of a stored block. */
export type ReadBytes = (hash: string) => Promise<Uint8Array>;

/**
 * One numbering of ids that several processes append to. The ids themselves are kept in memory, an index over them is
 * not: each call finds what it needs in one pass.
 */
export class IdList {
  #document: IdsDocument;
  #ids: (string | null)[] = [];
  #chunks: readonly string[] = [];
  readonly #store: ColumnStore;
  readonly #read: ReadBytes;

  constructor(store: ColumnStore, read: ReadBytes, document: IdsDocument) {
    this.#store = store;
    this.#read = read;
    this.#document = document;
  }

  /** Takes over what others have appended. */
  async follow(document: IdsDocument): Promise<void> {
    const hashes = document.chunks.map(({ hash }) => hash);
    const same = this.#chunks.findIndex((hash, index) => hash !== hashes[index]);
    const kept = same < 0 ? Math.min(this.#chunks.length, hashes.length) : same;
    let ids = this.#ids;
    if (kept < this.#chunks.length || kept < hashes.length) {
      const rows = document.chunks.slice(0, kept).reduce((sum, chunk) => sum + chunk.rows, 0);
      ids = this.#ids.slice(0, rows);
      for (const { hash, rows: expected } of document.chunks.slice(kept)) {
        for (const id of decodeIds(await this.#read(hash), expected)) ids.push(id);
      }
    }
    this.#ids = ids;
    this.#chunks = hashes;
    this.#document = document;
  }

  /**
   * The ordinals of ids; new ids get the next ones, for good, before this returns.
   * @throws LineageEnded
   */
  async ordinalsOf(wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    for (;;) {
      const found = findOrdinals(this.#ids, wanted);
      const missing = [...wanted].filter((id) => !found.has(id));
      if (missing.length === 0) return found;
      await this.#append(missing);
    }
  }

  /** Makes ids unreadable: their ordinals stay and stand for nobody. @returns the chunks that nothing names then */
  async erase(erased: ReadonlySet<string>): Promise<StoredAs> {
    const replaced: string[] = [];
    let from = 0;
    const chunks: IdsDocument['chunks'] = [];
    for (const chunk of this.#document.chunks) {
      const own = this.#ids.slice(from, from + chunk.rows);
      from += chunk.rows;
      if (!own.some((id) => id !== null && erased.has(id))) {
        chunks.push(chunk);
        continue;
      }
      replaced.push(chunk.hash);
      const left = own.map((id) => (id !== null && erased.has(id) ? null : id));
      chunks.push(...(await this.#store.putIds(this.#document._id, left)));
    }
    if (replaced.length === 0) return new Map();
    const storedAs = await this.#store.storedAs(replaced);
    if (await this.#store.replaceChunks(this.#document, chunks, this.#document.size)) return storedAs;
    await this.#refresh();
    return this.erase(erased);
  }

  /** Appends, and joins small chunks at the end so that their number grows with the logarithm of the list's size. */
  async #append(ids: readonly string[]): Promise<void> {
    const chunks = [...this.#document.chunks];
    let joined: (string | null)[] = [...ids];
    for (let last = chunks[chunks.length - 1]; last; last = chunks[chunks.length - 1]) {
      // A chunk of long ids is full though it has few of them.
      const isFull = last.rows + joined.length > MAX_CHUNK_IDS || last.bytes > MAX_BLOCK_BYTES / 2;
      if (isFull || last.rows > 2 * joined.length) break;
      chunks.pop();
      const end = this.#ids.length - (joined.length - ids.length);
      joined = this.#ids.slice(end - last.rows, end).concat(joined);
    }
    for (let start = 0; start < joined.length; start += MAX_CHUNK_IDS) {
      const some = joined.slice(start, start + MAX_CHUNK_IDS);
      chunks.push(...(await this.#store.putIds(this.#document._id, some)));
    }
    const size = this.#document.size + ids.length;
    const isOurs = await this.#store.replaceChunks(this.#document, chunks, size);
    if (!isOurs) return this.#refresh();
    for (const id of ids) this.#ids.push(id);
    this.#chunks = chunks.map(({ hash }) => hash);
    this.#document = { ...this.#document, revision: this.#document.revision + 1, size, chunks };
  }

  async #refresh(): Promise<void> {
    const { _id, lineage } = this.#document;
    await this.#store.requireLineage(lineage);
    const books = await this.#store.readBooks();
    if (books?.state.lineage === lineage) await this.follow(books[_id]);
  }
}
