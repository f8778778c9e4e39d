import type { ColumnSnapshot } from '../snapshot';
import type { FolderStore } from './folderStore';
import { PartGone } from '../snapshot';
import { parseId, readLines } from './lines';
import { loadStoredIdentities, loadStoredProfiles, readPublished } from './loadStore';
import type { StoredFile } from './manifest';

/**
 * Reads something of a build. @throws PartGone when it can't be read and another build has been published since
 * `stamp`, since builds take the files of earlier ones with them
 */
export async function readOf<T>(
  store: FolderStore,
  stamp: string | null,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if ((await store.stamp()) !== stamp) throw new PartGone();
    throw error;
  }
}

/** Makes something at most once; a failure is tried again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

const hashOf = ({ file }: StoredFile): string => /[0-9a-f]{64}/.exec(file)?.[0] ?? file;

/**
 * The columns of a folder as they stand.
 * @throws WaymarkError `badInput` when the folder holds no store or a damaged one
 */
export async function openFolderSnapshot(store: FolderStore): Promise<ColumnSnapshot> {
  const stamp = await store.stamp();
  const manifest = await readPublished(store);
  const { userIds, sessionIds, identities, profiles } = manifest;
  return {
    key: [manifest.builtAt, userIds, sessionIds, identities, profiles, ...manifest.blocks]
      .map((file) => (typeof file === 'string' ? file : hashOf(file)))
      .join(' '),
    // A build that can't read the last one's lists numbers anew.
    lineage: [store.folder, hashOf(userIds), hashOf(sessionIds)].join(' '),
    listedUsers: userIds.rows,
    numbering: '',
    database: manifest.database,
    mapping: manifest.mapping,
    asOf: new Date(manifest.builtAt),
    isLive: false,
    properties: manifest.properties,
    inexact: manifest.inexact,
    userCount: userIds.rows,
    sessionCount: sessionIds.rows,
    parts: manifest.blocks.map((block) => ({
      rows: block.rows,
      start: block.start,
      end: block.end,
      hash: hashOf(block),
      bytes: block.bytes,
      isRemote: false,
      read: () => readOf(store, stamp, () => store.get(block)),
    })),
    userIds: once(() => readOf(store, stamp, () => readLines(store, userIds, parseId))),
    sessionIds: once(() => readOf(store, stamp, () => readLines(store, sessionIds, parseId))),
    identities: once(() => readOf(store, stamp, () => loadStoredIdentities(store, manifest))),
    profiles: once(() => readOf(store, stamp, () => loadStoredProfiles(store, manifest))),
  };
}
