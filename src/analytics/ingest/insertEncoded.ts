import type { Collection, Db } from 'mongodb';
import { DocumentSequence } from 'mongodb/lib/cmap/commands.js';
import type { StoredEvent } from '../../shared/model/event';
import { decodeEvents, type EncodedEvents } from './encodedEvents';
import { DIRECT_DOCUMENTS, insertDirectly, insertOnce, type InsertOutcome } from './insertOnce';

/** One command's documents; the server takes 48 MB in a message. */
const MAX_COMMAND_BYTES = 16 * 2 ** 20;

/**
 * Inserts events that are encoded already, as `insertOnce` does others: their bytes go to the database as they
 * are, behind the command, which is how the driver itself sends large writes.
 *
 * @throws as `insertOnce` does
 */
export async function insertEncoded(
  collection: Collection<StoredEvent>,
  parts: readonly EncodedEvents[],
  db: Db,
): Promise<InsertOutcome[]> {
  const outcomes: InsertOutcome[] = [];
  for (const group of groupParts(parts)) {
    const documents = new DocumentSequence('documents');
    let count = 0;
    let length = 0;
    for (const { bytes, sketches } of group) {
      documents.push({}, bytes);
      count += sketches.length;
      length += bytes.length;
    }
    const fits = count <= DIRECT_DOCUMENTS && length <= MAX_COMMAND_BYTES;
    const direct = fits ? await insertDirectly(collection, { documents, count }, db) : null;
    const own =
      direct ??
      (await insertOnce(
        collection,
        group.flatMap(({ bytes }) => decodeEvents(bytes)),
      ));
    for (const outcome of own) outcomes.push(outcome);
  }
  return outcomes;
}

/** Parts that one command carries, in order; one that is too long for any stands alone. */
function groupParts(parts: readonly EncodedEvents[]): EncodedEvents[][] {
  const groups: EncodedEvents[][] = [];
  let group: EncodedEvents[] = [];
  let count = 0;
  let length = 0;
  for (const part of parts) {
    if (part.sketches.length === 0) continue;
    count += part.sketches.length;
    length += part.bytes.length;
    if (group.length === 0 || count > DIRECT_DOCUMENTS || length > MAX_COMMAND_BYTES) {
      groups.push((group = []));
      count = part.sketches.length;
      length = part.bytes.length;
    }
    group.push(part);
  }
  return groups;
}
