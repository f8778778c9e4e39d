import type { Load } from './backlog';

/** Where entries go from the log: the database, or brokers in front of it. */
export interface Sink {
  /** What it is called in reasons. */
  readonly name: 'database' | 'brokers';
  /** Whether it is better given parcels than entries, where nobody waits for them. */
  readonly takesParcels: boolean;
  /** Items handed over at once, about. */
  readonly batchItems: number;
  /** How many such batches may be under way. */
  readonly writers: number;
  /** When the oldest entry that was handed over and is not yet finished with was accepted, or null. */
  readonly oldestAt: number | null;
  /** Whether it asks not to be given more just now. */
  readonly isBehind: boolean;
  /** Whether it is finished with everything that was handed over. */
  readonly isIdle: boolean;
  /**
   * Brings entries to where they are durable, trying again for as long as it takes. Resolves when they are and
   * `done` was told, or when the signal is raised. `release` follows when nothing more depends on the log.
   */
  write(loads: readonly Load[], signal: AbortSignal): Promise<void>;
  /** Resolves when it answers; rejects when it cannot be reached. */
  check(timeoutMs: number): Promise<void>;
  /** Makes no pauses from now on, for the process is about to end. */
  hasten(): void;
  /** Ends what runs beside `write`; what is not finished with is begun anew by the next process. */
  close(): Promise<void>;
}
