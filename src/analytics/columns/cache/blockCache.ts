import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StoredPart } from '../snapshot';

const GIB = 2 ** 30;
const BLOCK_FILE = /^[0-9a-f]{64}$/;

interface CachedFile {
  readonly file: string;
  readonly bytes: number;
  readonly usedAt: number;
}

/**
 * Copies of blocks that came over a network, on disk by the hash of their content: whatever is found under a hash and
 * has it is right, for ever, so a copy is never asked whether it is still current. What is cut off or damaged is
 * fetched again. Beyond the limit those not used for longest go. Several processes may share a folder.
 */
export class BlockCache {
  readonly #folder: string;
  readonly #limitBytes: number;
  /** Bytes in the folder as far as this process knows; null before it looked. */
  #bytes: number | null = null;

  /** @param limitBytes 2 GiB unless given */
  constructor(folder: string, limitBytes = 2 * GIB) {
    this.#folder = folder;
    this.#limitBytes = limitBytes;
  }

  /** The bytes of a part: its copy, or fetched and kept. A disk that is full or read-only is no failure. */
  async read(part: StoredPart): Promise<Uint8Array> {
    if (!part.isRemote) return part.read();
    const file = path.join(this.#folder, part.hash);
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

  /** Removes every copy and nothing else. @returns the bytes that were freed */
  async clear(): Promise<number> {
    const files = await this.#list();
    await Promise.all(files.map(({ file }) => rm(file, { force: true })));
    this.#bytes = 0;
    return files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async #keep(file: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      await writeFile(temporary, bytes);
      await rename(temporary, file);
    } finally {
      await rm(temporary, { force: true });
    }
    this.#bytes = (this.#bytes ?? (await this.#measure())) + bytes.length;
    if (this.#bytes > this.#limitBytes) await this.#shrink();
  }

  /** Removes the copies not used for longest, down to nine tenths of the limit. */
  async #shrink(): Promise<void> {
    const files = (await this.#list()).sort((a, b) => a.usedAt - b.usedAt);
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { file, bytes } of files) {
      if (total <= 0.9 * this.#limitBytes) break;
      await rm(file, { force: true });
      total -= bytes;
    }
    this.#bytes = total;
  }

  async #measure(): Promise<number> {
    return (await this.#list()).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async #list(): Promise<CachedFile[]> {
    const names = await readdir(this.#folder).catch((): string[] => []);
    const found = await Promise.all(
      names
        .filter((name) => BLOCK_FILE.test(name))
        .map(async (name) => {
          const file = path.join(this.#folder, name);
          const state = await stat(file).catch(() => null);
          return state && { file, bytes: state.size, usedAt: state.mtimeMs };
        }),
    );
    return found.filter((file) => file !== null);
  }
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
