import type { Document, Timestamp } from 'mongodb';
import { WaymarkError } from '../../shared/errors';

/** Server errors that mean "not at this moment any more": a new snapshot helps. */
const OUTLIVED_CODES = new Set([239, 246]);

/** A snapshot that the server no longer keeps, or whose collections were changed as such; take a new one. */
export class SnapshotOutlived extends WaymarkError {
  constructor(cause: unknown) {
    super('internal', 'The server no longer keeps the moment that was being read; try again.', { cause });
    this.name = 'SnapshotOutlived';
  }
}

export function isOutlived(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && OUTLIVED_CODES.has(Number(error.code))
  );
}

/**
 * One moment of a cluster: all that is read through it is as it was then, in whatever collection or database. The
 * server keeps such a moment for some minutes (300 s unless set otherwise).
 */
export class Snapshot {
  /** The moment, in the cluster's own time. */
  readonly at: Timestamp;

  constructor(at: Timestamp) {
    this.at = at;
  }
}

/** A moment of a cluster as wall-clock time (ms; clusters tell time in whole seconds). */
export function clusterTimeMs(at: Timestamp): number {
  return at.getHighBitsUnsigned() * 1_000;
}

/** Changes of a database, as far as they were asked for, and the moment up to which they are complete. */
export interface ChangeBatch {
  readonly changes: readonly Document[];
  /** Every change before this moment has been given; more may come that bear it. */
  readonly through: Timestamp;
}
