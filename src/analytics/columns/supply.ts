import type { Report } from '../../shared/reports/report';
import type { LoadedStore } from './store/loadStore';

export interface LoadColumns {
  /** What is going to be asked: columns that no report needs stay where they are. */
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
  /** Blocks in memory, of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The columns of one database, wherever their blocks are kept. */
export interface ColumnSupply {
  /**
   * Why these columns can't answer a report, as the end of a sentence ("properties.plan is not a column"); null when
   * nothing is known against it. Reads no events.
   */
  whyNot(report: Report): string | null;
  /**
   * The columns in memory, with every event that is stored at this moment; what was loaded before is not loaded again.
   * @throws WaymarkError `badInput` for missing or damaged blocks; `cancelled`; those of the source
   */
  load(options: LoadColumns): Promise<LoadedStore>;
  close(): Promise<void>;
}
