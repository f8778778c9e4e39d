import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ColumnSnapshot, StoredPart } from '../snapshot';

const GIB = 2 ** 30;
const LINEAGE_FOLDER = /^[0-9a-f]{32}$/;
const BLOCK_FILE = /^[0-9a-f]{64}$/;
/** What a process that ended while it wrote has left behind. */
const LEFT_FILE = /^[0-9a-f]{64}\.[0-9a-f-]{36}\.tmp$/;
const WRITTEN_WITHIN_MS = 3_600_000;

interface CachedFile {
  readonly file: string;
  readonly hash: string;
  readonly bytes: number;
  readonly usedAt: number;
}

/**
 * Copies of blocks that came over a network, on disk by the hash of their content: whatever is found under a hash and
 * has it is right, for ever, so a copy is never asked whether it is still current. What is cut off, damaged or
 * unreadable is fetched again. Beyond the limit those not used for longest go, and those that the columns no longer
 * name go as soon as that is seen, so a person who was deleted stays in no copy. Several processes may share a folder.
 */
export class BlockCache {
  readonly #folder: string;
  readonly #limitBytes: number;
  /** Bytes in the folder as far as this process knows; null before it looked. */
  #bytes: number | null = null;
  /** Snapshot whose blocks alone were kept last. */
  #retained = '';

  /** @param limitBytes 2 GiB unless given */
  constructor(folder: string, limitBytes = 2 * GIB) {
    this.#folder = folder;
    this.#limitBytes = limitBytes;
  }

  /** The bytes of a part: its copy, or fetched and kept. A disk that is full or read-only is no failure. */
  async read(part: StoredPart, lineage: string): Promise<Uint8Array> {
    if (!part.isRemote) return part.read();
    const file = path.join(this.#folderOf(lineage), part.hash);
    const copy = await readFile(file).catch(() => null);
    if (copy && hashOf(copy) === part.hash) {
      const now = new Date();
      await utimes(file, now, now).catch(() => undefined);
      return copy;
    }
    const bytes = await part.read();
    await this.#keep(file, bytes).catch(() => undefined);
    return bytes;
  }

  /** Removes copies of blocks that a newer state of their columns has replaced. */
  async retain({ key, lineage, parts }: Pick<ColumnSnapshot, 'key' | 'lineage' | 'parts'>): Promise<void> {
    if (key === this.#retained) return;
    this.#retained = key;
    const named = new Set(parts.flatMap((part) => ('hash' in part ? part.hash : [])));
    const old = (await list(this.#folderOf(lineage))).filter(({ hash }) => !named.has(hash));
    await Promise.all(old.map(({ file }) => rm(file, { force: true })));
    if (old.length > 0) this.#bytes = null;
  }

  /** Removes every copy and nothing else. @returns the bytes that were freed */
  async clear(): Promise<number> {
    const files = await this.#listAll();
    await Promise.all(files.map(({ file }) => rm(file, { force: true })));
    this.#bytes = 0;
    return sizeOf(files);
  }

  #folderOf(lineage: string): string {
    return path.join(this.#folder, createHash('sha256').update(lineage).digest('hex').slice(0, 32));
  }

  async #keep(file: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.#limitBytes) return;
    // What people did is nobody's business but the analyst's.
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      await writeFile(temporary, bytes, { mode: 0o600 });
      await rename(temporary, file);
    } finally {
      await rm(temporary, { force: true });
    }
    this.#bytes = this.#bytes === null ? sizeOf(await this.#listAll()) : this.#bytes + bytes.length;
    if (this.#bytes > this.#limitBytes) await this.#shrink();
  }

  /** Removes the copies not used for longest, down to nine tenths of the limit. */
  async #shrink(): Promise<void> {
    const files = (await this.#listAll()).sort((a, b) => a.usedAt - b.usedAt);
    let total = sizeOf(files);
    for (const { file, bytes } of files) {
      if (total <= 0.9 * this.#limitBytes) break;
      await rm(file, { force: true });
      total -= bytes;
    }
    this.#bytes = total;
  }

  async #listAll(): Promise<CachedFile[]> {
    const names = await readdir(this.#folder).catch((): string[] => []);
    const folders = names.filter((name) => LINEAGE_FOLDER.test(name));
    return (await Promise.all(folders.map((name) => list(path.join(this.#folder, name))))).flat();
  }
}

async function list(folder: string): Promise<CachedFile[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const found = await Promise.all(
    names
      .filter((name) => BLOCK_FILE.test(name) || LEFT_FILE.test(name))
      .map(async (hash) => {
        const file = path.join(folder, hash);
        const state = await stat(file).catch(() => null);
        const isBeingWritten =
          LEFT_FILE.test(hash) && state !== null && Date.now() - state.mtimeMs < WRITTEN_WITHIN_MS;
        return isBeingWritten ? null : state && { file, hash, bytes: state.size, usedAt: state.mtimeMs };
      }),
  );
  return found.filter((file) => file !== null);
}

const sizeOf = (files: readonly CachedFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
