import type { Source } from '../../source/source';
import type { BlockCache } from '../cache/blockCache';
import { ColumnEngine, type ColumnEngineOptions } from '../columnEngine';
import type { ColumnSnapshot } from '../snapshot';
import type { ColumnSupply } from '../supply';
import { DatabaseColumns, type SnapshotRequest } from './databaseColumns';

export interface DatabaseSupplyOptions {
  /** Where the blocks are, when that is not the events' database. */
  readonly columnsDatabase?: string | undefined;
  /** Keeps copies of blocks on disk. */
  readonly cache?: BlockCache | undefined;
  readonly engine?: Omit<ColumnEngineOptions, 'readPart'>;
}

/** The columns of a database, always as fresh as its events. */
export class DatabaseSupply implements ColumnSupply {
  readonly engine: ColumnEngine;
  readonly #columns: DatabaseColumns;
  readonly #cache: BlockCache | undefined;

  constructor(source: Source, { columnsDatabase, cache, engine }: DatabaseSupplyOptions = {}) {
    this.#columns = new DatabaseColumns(source, columnsDatabase);
    this.#cache = cache;
    this.engine = new ColumnEngine({
      ...engine,
      ...(cache ? { readPart: (part, { lineage }) => cache.read(part, lineage) } : {}),
    });
  }

  async snapshot(request: SnapshotRequest = {}): Promise<ColumnSnapshot> {
    const snapshot = await this.#columns.snapshot(request);
    await this.#cache?.retain(snapshot);
    return snapshot;
  }

  close(): Promise<void> {
    return this.engine.close();
  }
}
