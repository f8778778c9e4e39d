import type { Report } from '../../../shared/reports/report';
import { canScan } from '../runOnColumns';
import type { ColumnSupply, LoadColumns } from '../supply';
import type { FolderStore } from './folderStore';
import { loadStore, type LoadedStore } from './loadStore';

/** The columns of a folder; read once and again when another build was published. */
export class FolderSupply implements ColumnSupply {
  readonly #store: FolderStore;
  #loading: { readonly builtAt: string; readonly store: Promise<LoadedStore> } | undefined;

  constructor(store: FolderStore) {
    this.#store = store;
  }

  whyNot({ kind }: Report): string | null {
    return canScan(kind) ? null : `columns do not answer reports of the kind "${kind}"`;
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

  close(): Promise<void> {
    this.#loading = undefined;
    return Promise.resolve();
  }
}
