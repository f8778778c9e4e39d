import type { Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import type { IdentityMap } from '../identity/identityMap';
import type { EventDetails } from './journeys/details';
import type { ColumnEngine } from './columnEngine';
import type { ColumnSnapshot } from './snapshot';

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
  /** Scans these columns; what it has loaded serves the next report. */
  readonly engine: ColumnEngine;
  /**
   * Every event that is stored at this moment (or was when a folder was built); reads no blocks. Where it was asked
   * earlier, at `askedAt` (ms by this machine's clock), a moment between then and now serves as well.
   * @throws WaymarkError `badInput` when there are no columns or they lag too far behind, saying why
   */
  snapshot(options?: {
    readonly signal?: AbortSignal | undefined;
    readonly askedAt?: number | undefined;
  }): Promise<ColumnSnapshot>;
  /**
   * A person with all events whole, for a journey; absent where journeys are read from the database.
   * @throws WaymarkError `badInput` for missing or damaged files, or where a store was built without them
   */
  openPerson?(userId: string): Promise<StoredPerson>;
  close(): Promise<void>;
}
