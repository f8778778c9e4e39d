import { BSON, type Document } from 'mongodb';

import { WaymarkError } from '../../../shared/errors';
import { IdentityMap } from '../../identity/identityMap';
import type { FolderStore } from './folderStore';
import { parseEdge, readLines } from './lines';
import type { Manifest } from './manifest';

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
