import type { CatalogueSource } from '../catalogue/storeCatalogue';
import { ColumnEngine, type ColumnEngineOptions } from '../columnEngine';
import { detailsOf, readAllEvents, readPersonEvents } from '../journeys/readPerson';
import { PartGone, type ColumnSnapshot } from '../snapshot';
import type { ColumnSupply, StoredPerson } from '../supply';
import { openFolderSnapshot, readOf } from './folderSnapshot';
import type { FolderStore } from './folderStore';
import { loadStoredIdentities, loadStoredProfiles, readPublished } from './loadStore';
import { newestOf } from './manifest';

/** How many builds may follow one another while one person's events are read. */
const MOST_BUILDS = 3;

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
    const details = detailsOf(this.#store, manifest, 'details');
    return {
      mapping: manifest.mapping,
      events: () => readAllEvents(this.#store, details),
      profiles: () => loadStoredProfiles(this.#store, manifest),
    };
  }

  async openPerson(userId: string): Promise<StoredPerson> {
    for (let attempt = 1; ; attempt++) {
      const stamp = await this.#store.stamp();
      try {
        return await readOf(this.#store, stamp, () => this.#readPerson(userId));
      } catch (error) {
        if (!(error instanceof PartGone) || attempt === MOST_BUILDS) throw error;
      }
    }
  }

  async #readPerson(userId: string): Promise<StoredPerson> {
    const manifest = await readPublished(this.#store);
    const details = detailsOf(this.#store, manifest, 'journeys');
    const identities = await loadStoredIdentities(this.#store, manifest);
    const profiles = await loadStoredProfiles(this.#store, manifest);
    return {
      database: manifest.database,
      mapping: manifest.mapping,
      identities,
      profile: profiles.get(identities.canonicalOf(userId)),
      events: await readPersonEvents(this.#store, details, identities.allIdsOf(userId)),
      builtAt: manifest.builtAt,
      newest: newestOf(manifest),
    };
  }

  async close(): Promise<void> {
    this.#last = undefined;
    await this.engine.close();
  }
}
