import { WaymarkError } from '../../../shared/errors';
import type { Report } from '../../../shared/reports/report';
import type { CatalogueSource } from '../catalogue/storeCatalogue';
import { readAllEvents, readPersonEvents } from '../journeys/readPerson';
import { canScan } from '../runOnColumns';
import type { ColumnSupply, LoadColumns, StoredPerson } from '../supply';
import type { FolderStore } from './folderStore';
import {
  loadStore,
  loadStoredIdentities,
  loadStoredProfiles,
  readPublished,
  type LoadedStore,
} from './loadStore';
import { newestOf } from './manifest';

/** The columns of a folder; read once and again when another build was published. */
export class FolderSupply implements ColumnSupply {
  readonly #store: FolderStore;
  #loading: { readonly builtAt: string; readonly store: Promise<LoadedStore> } | undefined;

  constructor(store: FolderStore) {
    this.#store = store;
  }

  whyNot({ kind }: Report): string | null {
    return kind === 'journey' || canScan(kind) ? null : `columns do not answer reports of the kind "${kind}"`;
  }

  async load({ signal, onProgress }: LoadColumns): Promise<LoadedStore> {
    const builtAt = (await this.#store.readManifest())?.builtAt ?? '';
    if (this.#loading?.builtAt === builtAt) return this.#loading.store;
    const store = loadStore(this.#store, {
      ...(signal ? { signal } : {}),
      ...(onProgress ? { onProgress } : {}),
    });
    const loading = { builtAt, store };
    this.#loading = loading;
    store.catch(() => {
      if (this.#loading === loading) this.#loading = undefined;
    });
    return store;
  }

  /** What the whole store's catalogue is made from. @throws WaymarkError `badInput` where it was built without details */
  async catalogue(): Promise<CatalogueSource> {
    const manifest = await readPublished(this.#store);
    const { details } = manifest;
    if (!details)
      throw new WaymarkError('badInput', `${this.#store.folder} holds no details; build it anew.`);
    return {
      mapping: manifest.mapping,
      events: () => readAllEvents(this.#store, details),
      profiles: () => loadStoredProfiles(this.#store, manifest),
    };
  }

  async openPerson(userId: string): Promise<StoredPerson> {
    const manifest = await readPublished(this.#store);
    if (!manifest.details) {
      throw new WaymarkError('badInput', `${this.#store.folder} holds no journeys; build it anew.`);
    }
    const identities = await loadStoredIdentities(this.#store, manifest);
    const profiles = await loadStoredProfiles(this.#store, manifest);
    return {
      database: manifest.database,
      mapping: manifest.mapping,
      identities,
      profile: profiles.get(identities.canonicalOf(userId)),
      events: await readPersonEvents(this.#store, manifest.details, identities.allIdsOf(userId)),
      builtAt: manifest.builtAt,
      newest: newestOf(manifest),
    };
  }

  close(): Promise<void> {
    this.#loading = undefined;
    return Promise.resolve();
  }
}
