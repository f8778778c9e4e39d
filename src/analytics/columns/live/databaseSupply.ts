import type { Source } from '../../source/source';
import { ColumnEngine } from '../columnEngine';
import type { ColumnSnapshot } from '../snapshot';
import type { ColumnSupply } from '../supply';
import { DatabaseColumns, type SnapshotRequest } from './databaseColumns';

/** The columns of a database, always as fresh as its events. */
export class DatabaseSupply implements ColumnSupply {
  readonly engine = new ColumnEngine();
  readonly #columns: DatabaseColumns;

  /** @param columnsDatabase where the blocks are, when that is not the events' database */
  constructor(source: Source, columnsDatabase?: string) {
    this.#columns = new DatabaseColumns(source, columnsDatabase);
  }

  snapshot(request: SnapshotRequest = {}): Promise<ColumnSnapshot> {
    return this.#columns.snapshot(request);
  }

  async close(): Promise<void> {
    await this.engine.close();
    await this.#columns.close();
  }
}
