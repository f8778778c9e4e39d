import { isDeepStrictEqual } from 'node:util';
import { type AnyBulkWriteOperation, type Collection, MongoBulkWriteError } from 'mongodb';
import type { StoredSession } from '../../shared/model/event';

/** What a session was when it was read, before its events were, and what these make of it. */
export interface SessionChange {
  readonly before: StoredSession | undefined;
  readonly after: StoredSession | null;
}

/** Rounds after which a derivation gives up and begins again later; each follows a writer that came between. */
export const MAX_ROUNDS = 20;

/** Other writers came between at every attempt. */
export class ContentionError extends Error {
  readonly code = 'CONTENTION';

  constructor() {
    super('other writers kept changing what was being derived');
  }
}

/**
 * Writes sessions only as they were read. A session counts its events and these only grow, so its count and end
 * tell whether it is still the same. Whoever wrote in between thus keeps what he wrote, and this writer has to
 * read again, events included: of several writers the last one has always seen everything.
 *
 * @returns whether all of them were as they were read; otherwise some may have been written and others not
 */
export async function writeAsRead(
  sessions: Collection<StoredSession>,
  changes: Iterable<SessionChange>,
): Promise<boolean> {
  const operations = new Map<string, AnyBulkWriteOperation<StoredSession>>();
  let replaced = 0;
  let deleted = 0;
  for (const { before, after } of changes) {
    const id = after?._id ?? before?._id;
    if (id === undefined || operations.has(id) || (before && isDeepStrictEqual(before, after))) continue;
    if (!before) {
      if (after) operations.set(id, { insertOne: { document: after } });
      continue;
    }
    const filter = { _id: id, endedAt: before.endedAt, eventCount: before.eventCount };
    operations.set(id, after ? { replaceOne: { filter, replacement: after } } : { deleteOne: { filter } });
    if (after) replaced += 1;
    else deleted += 1;
  }
  if (operations.size === 0) return true;
  try {
    const result = await sessions.bulkWrite([...operations.values()], { ordered: false });
    return result.matchedCount === replaced && result.deletedCount === deleted;
  } catch (error) {
    if (error instanceof MongoBulkWriteError && error.code === 11_000) return false;
    throw error;
  }
}
