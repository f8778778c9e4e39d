import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { WaymarkError } from '../../../shared/errors';
import { FolderLock } from './folderLock';
import { parseManifest, type Manifest, type StoredFile } from './manifest';

const MANIFEST = 'store.json';

/** The names of all files that make up a build. */
function filesOf(manifest: Manifest): Set<string> {
  const { blocks, details = [], detailsOfDays = [], userIds, sessionIds, profiles, identities } = manifest;
  const files = [...blocks, ...details, ...detailsOfDays, userIds, sessionIds, profiles, identities];
  return new Set(files.map(({ file }) => file));
}
const FILES = 'files';

/** Writes a file so that it is whole on disk or absent: temporary name, sync, rename. */
async function writeWhole(target: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${target}.${randomUUID()}.tmp`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, target);
}

/**
 * Column blocks and what belongs to them in a local folder: immutable files named by their content, and one
 * manifest that is replaced atomically. A build that dies leaves the last manifest and stray files, which the
 * next build removes.
 */
export class FolderStore {
  readonly folder: string;
  /** Files that no manifest names any more, and when a sweep found them so, ms. */
  #unnamed: ReadonlyMap<string, number> = new Map();

  constructor(folder: string) {
    this.folder = path.resolve(folder);
  }

  /** Where the immutable files are. */
  get filesFolder(): string {
    return path.join(this.folder, FILES);
  }

  /** Makes the folder; existing content stays. */
  async create(): Promise<void> {
    await mkdir(this.filesFolder, { recursive: true });
  }

  /**
   * Makes the folder, where it is not there yet, and takes the right to change it; existing content stays.
   * @throws WaymarkError `badInput` while somebody else has it
   */
  async lock(): Promise<FolderLock> {
    await this.create();
    return FolderLock.take(this.folder);
  }

  /** The manifest, or null when the folder holds no store. @throws WaymarkError `badInput` when it is corrupt */
  async readManifest(): Promise<Manifest | null> {
    const text = await readFile(path.join(this.folder, MANIFEST), 'utf8').catch(
      (cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return null;
        throw cause;
      },
    );
    if (text === null) return null;
    try {
      return parseManifest(JSON.parse(text));
    } catch (cause) {
      if (cause instanceof WaymarkError) throw cause;
      throw new WaymarkError(
        'badInput',
        `${path.join(this.folder, MANIFEST)} is not JSON; build the store anew.`,
        {
          cause,
        },
      );
    }
  }

  /** Changes with every manifest that is published; null when the folder holds no store. */
  async stamp(): Promise<string | null> {
    const state = await stat(path.join(this.folder, MANIFEST), { bigint: true }).catch(() => null);
    return state && [state.ino, state.size, state.mtimeNs].join(' ');
  }

  /** Publishes a build: from here on readers see it. */
  async writeManifest(manifest: Manifest): Promise<void> {
    await writeWhole(path.join(this.folder, MANIFEST), `${JSON.stringify(manifest, null, 1)}\n`);
  }

  /** Stores bytes under their hash; bytes that are there already are not written again. */
  async put(kind: string, extension: string, bytes: Uint8Array, rows: number): Promise<StoredFile> {
    const hash = createHash('sha256').update(bytes).digest('hex');
    const file = `${kind}-${hash}.${extension}`;
    const target = path.join(this.filesFolder, file);
    const present = await stat(target).catch(() => null);
    if (present?.size !== bytes.length) await writeWhole(target, bytes);
    return { file, bytes: bytes.length, rows };
  }

  /** Reads a file and checks it against its name. @throws WaymarkError `badInput` when it is missing or damaged */
  async get(stored: StoredFile): Promise<Buffer> {
    const target = path.join(this.filesFolder, stored.file);
    const bytes = await readFile(target).catch((cause: unknown) => {
      throw new WaymarkError('badInput', `The store lacks ${stored.file}; build it anew.`, { cause });
    });
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (!stored.file.includes(hash)) {
      throw new WaymarkError('badInput', `The store's file ${stored.file} is damaged; build it anew.`);
    }
    return bytes;
  }

  /**
   * Removes files that the manifest does not name.
   * @param keptMs leaves those alone that an earlier sweep still found named, or has not seen, this long ago: somebody
   * may be reading them
   */
  async sweep(manifest: Manifest, keptMs = 0): Promise<void> {
    const named = filesOf(manifest);
    const folder = this.filesFolder;
    const now = Date.now();
    const unnamed = new Map<string, number>();
    for (const file of await readdir(folder)) {
      if (named.has(file)) continue;
      const since = this.#unnamed.get(file) ?? now;
      if (now - since >= keptMs) await rm(path.join(folder, file), { force: true });
      else unnamed.set(file, since);
    }
    this.#unnamed = unnamed;
  }

  /** Removes the store's own files and nothing else. */
  async clear(): Promise<void> {
    await rm(path.join(this.folder, MANIFEST), { force: true });
    await rm(this.filesFolder, { recursive: true, force: true });
  }
}
