import { BSON, type Document } from 'mongodb';

import { WaymarkError } from '../../../shared/errors';
import { IdentityMap } from '../../identity/identityMap';
import { decodeBlock } from '../format/decode';
import type { Block } from '../format/block';
import type { ColumnData } from '../scan/fields';
import { EventTable } from '../table/eventTable';
import type { FolderStore } from './folderStore';
import { parseEdge, parseId, readLines } from './lines';
import type { Manifest } from './manifest';

/** A store in memory, ready to be scanned. */
export interface LoadedStore extends ColumnData {
  readonly manifest: Manifest;
  readonly identities: IdentityMap;
}

/** The manifest of a folder that must hold a store. @throws WaymarkError `badInput` when it does not */
export async function readPublished(store: FolderStore): Promise<Manifest> {
  const manifest = await store.readManifest();
  if (manifest) return manifest;
  throw new WaymarkError(
    'badInput',
    `${store.folder} holds no columns. Build them with "waymark columns build --store".`,
  );
}

export async function loadStoredIdentities(store: FolderStore, manifest: Manifest): Promise<IdentityMap> {
  return new IdentityMap(await readLines(store, manifest.identities, parseEdge));
}

/** User documents as stored, by id. */
export async function loadStoredProfiles(
  store: FolderStore,
  manifest: Manifest,
): Promise<Map<string, Document>> {
  const profiles = await readLines(
    store,
    manifest.profiles,
    (line) => BSON.EJSON.parse(line, { relaxed: true }) as { userId: string; document: Document },
  );
  return new Map(profiles.map(({ userId, document }) => [userId, document]));
}

/**
 * Reads a store into memory.
 * @throws WaymarkError `badInput` when the folder holds no store or a damaged one
 */
export async function loadStore(
  store: FolderStore,
  options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void } = {},
): Promise<LoadedStore> {
  const manifest = await readPublished(store);
  const blocks: Block[] = [];
  for (const stored of manifest.blocks) {
    if (options.signal?.aborted === true) throw new WaymarkError('cancelled', 'Cancelled.');
    blocks.push(decodeBlock(await store.get(stored)));
    options.onProgress?.(blocks.length, manifest.blocks.length);
  }
  const userIds = await readLines(store, manifest.userIds, parseId);
  const sessionIds = await readLines(store, manifest.sessionIds, parseId);
  const identities = await loadStoredIdentities(store, manifest);
  return {
    manifest,
    identities,
    table: new EventTable({ blocks, userIds, sessionIds, identities: new Map(identities.aliases()) }),
    mapping: manifest.mapping,
    profiles: await loadStoredProfiles(store, manifest),
    inexact: manifest.inexact,
    declared: new Map(manifest.properties.map(({ name, type }) => [name, type])),
  };
}
