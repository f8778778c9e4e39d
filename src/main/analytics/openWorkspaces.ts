import path from 'node:path';
import { openBlockCache } from '../../analytics/columns/cache/cacheFolder';
import type { CatalogueSource } from '../../analytics/columns/catalogue/storeCatalogue';
import { DatabaseSupply } from '../../analytics/columns/live/databaseSupply';
import { FolderSupply } from '../../analytics/columns/store/folderSupply';
import { ShiftedStore } from '../../analytics/columns/shifted/shiftedStore';
import type { ColumnSupply } from '../../analytics/columns/supply';
import type { Source } from '../../analytics/source/source';
import { WaymarkError } from '../../shared/errors';
import { openFor } from './openSources';
import type { OpenedSource, OpenParameters } from './protocol';

/** What a window is connected to: a database, columns, or both. */
export interface Workspace {
  readonly source?: Source;
  readonly columns?: ColumnSupply;
  /** Set where events are listed from a store instead of a database. */
  readonly catalogue?: CatalogueSource;
  readonly opened: OpenedSource;
  /** The connection string of the database; a secret. */
  readonly uri?: string;
}

/** The bundled sample shop, below the app's own folder. */
const SAMPLE_SHOP = path.join('resources', 'sample-shop');

/** Opens the sample shop as if it had been kept until now; needs no server. */
async function openSampleShop(appFolder: string): Promise<Workspace> {
  const supply = new FolderSupply(new ShiftedStore(path.join(appFolder, SAMPLE_SHOP), Date.now()));
  // The shop stays as it is while it is open, so what is worked out of it stays too.
  const catalogue = await supply.catalogue();
  return {
    columns: supply,
    catalogue,
    opened: { database: 'Sample shop', serverVersion: '', mapping: catalogue.mapping.name },
  };
}

async function openDatabase(parameters: OpenParameters, signal: AbortSignal): Promise<Workspace> {
  const source = await openFor(parameters, signal);
  const { database, serverVersion, mapping } = source;
  const columns = new DatabaseSupply(source, { cache: openBlockCache() });
  return { source, columns, uri: parameters.uri, opened: { database, serverVersion, mapping: mapping.name } };
}

async function close({ source, columns }: Workspace): Promise<void> {
  await columns?.close().catch(() => undefined);
  await source?.close().catch(() => undefined);
}

/** What is open in the analytics process, by workspace. */
export class OpenWorkspaces {
  readonly #workspaces = new Map<string, Workspace>();
  readonly #appFolder: string;

  /** @param appFolder where the app's package.json is */
  constructor(appFolder: string) {
    this.#appFolder = appFolder;
  }

  async open(id: string, parameters: OpenParameters, signal: AbortSignal): Promise<OpenedSource> {
    const workspace =
      parameters.sample === true
        ? await openSampleShop(this.#appFolder)
        : await openDatabase(parameters, signal);
    await this.close(id);
    this.#workspaces.set(id, workspace);
    return workspace.opened;
  }

  /** @throws WaymarkError `connectionLost` when the workspace is not open */
  of(id: string): Workspace {
    const workspace = this.#workspaces.get(id);
    if (workspace) return workspace;
    throw new WaymarkError('connectionLost', 'This window is not connected. Open a connection.');
  }

  /** The database of a workspace. @throws WaymarkError `badInput` where there is none */
  sourceOf(id: string): Source {
    const { source } = this.of(id);
    if (source) return source;
    throw new WaymarkError(
      'badInput',
      'The sample shop is a folder of columns: this needs a database. Connect to one.',
    );
  }

  /** The connection string of a workspace's database. @throws WaymarkError `badInput` where there is none */
  uriOf(id: string): string {
    this.sourceOf(id);
    return this.of(id).uri ?? '';
  }

  async close(id: string): Promise<void> {
    const workspace = this.#workspaces.get(id);
    this.#workspaces.delete(id);
    if (workspace) await close(workspace);
  }
}
