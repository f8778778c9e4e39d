import type { Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import type { Report } from '../../shared/reports/report';
import type { IdentityMap } from '../identity/identityMap';
import type { EventDetails } from './journeys/details';
import type { LoadedStore } from './store/loadStore';

export interface LoadColumns {
  /** What is going to be asked: columns that no report needs stay where they are. */
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
  /** Blocks in memory, of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** One person as a store keeps them for journeys. */
export interface StoredPerson {
  readonly database: string;
  readonly mapping: Mapping;
  readonly identities: IdentityMap;
  /** The canonical user's document, when there is one. */
  readonly profile: Document | undefined;
  /** All events, in order of (time, id). */
  readonly events: readonly EventDetails[];
  readonly builtAt: string;
  /** Newest instant of the whole store, ms; null when it is empty. */
  readonly newest: number | null;
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
  /**
   * A person with all events whole, for a journey; absent where journeys are read from the database.
   * @throws WaymarkError `badInput` for missing or damaged files, or where a store was built without them
   */
  openPerson?(userId: string): Promise<StoredPerson>;
  close(): Promise<void>;
}
