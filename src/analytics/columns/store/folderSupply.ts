import { WaymarkError } from '../../../shared/errors';
import type { CatalogueSource } from '../catalogue/storeCatalogue';
import { ColumnEngine, type ColumnEngineOptions } from '../columnEngine';
import { readAllEvents, readPersonEvents } from '../journeys/readPerson';
import type { ColumnSnapshot } from '../snapshot';
import type { ColumnSupply, StoredPerson } from '../supply';
import { openFolderSnapshot } from './folderSnapshot';
import type { FolderStore } from './folderStore';
import { loadStoredIdentities, loadStoredProfiles, readPublished } from './loadStore';
import { newestOf } from './manifest';

/** The columns of a folder; read again when another build was published. */
export class FolderSupply implements ColumnSupply {
  readonly engine: ColumnEngine;
  readonly #store: FolderStore;
  #last: ColumnSnapshot | undefined;
  #stamp: string | null = null;

  constructor(store: FolderStore, engine?: ColumnEngineOptions) {
    this.#store = store;
    this.engine = new ColumnEngine(engine);
  }

  async snapshot(): Promise<ColumnSnapshot> {
    const stamp = await this.#store.stamp();
    if (this.#last && stamp !== null && stamp === this.#stamp) return this.#last;
    this.#stamp = stamp;
    const snapshot = await openFolderSnapshot(this.#store);
    // What the last one has read already serves as long as nothing was built.
    if (this.#last?.key !== snapshot.key) this.#last = snapshot;
    return this.#last;
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

  async close(): Promise<void> {
    this.#last = undefined;
    await this.engine.close();
  }
}
