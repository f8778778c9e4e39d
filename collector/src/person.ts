import type { Db } from 'mongodb';
import { findTraces, forgetPeople } from '../../src/analytics/columns/live/forgetPeople';
import { loadPeople } from '../../src/analytics/ingest/deriveIdentities';
import type { Stores } from '../../src/analytics/ingest/stores';
import { type Erasures, hashId } from './intake/erasures';

interface PersonRequest {
  db: Db;
  stores: Stores;
  id: string;
  /** The name of the key that asked. */
  by: string;
}

/** One audited request about a person; the id only as its hash. */
interface AuditEntry {
  action: 'erase' | 'export';
  person: string;
  by: string;
  at: Date;
  deleted?: Record<string, number>;
}

/** Every id of a person, whichever of them was given. */
async function idsOf(stores: Stores, id: string): Promise<string[]> {
  const { membersOf, canonicalOf } = await loadPeople(stores, [id]);
  return [...(membersOf.get(canonicalOf.get(id) ?? id) ?? [id])];
}

/**
 * Deletes a person from every collection: events, sessions, messages, profile, identities, user, refused messages.
 * Column blocks that hold the person's events are removed, to be built again from what is left. What a log still
 * holds is kept from coming back by the erasure recorded first. Null when nothing is known of the id.
 */
export async function erasePerson(
  request: PersonRequest & {
    erasures: Erasures;
    database: string;
    at: Date;
    /** Resolves when no writer that did not know of the erasure still writes. */
    untilKnown: () => Promise<unknown>;
  },
): Promise<Record<string, number> | null> {
  const { db, stores, erasures, database, id, by, at, untilKnown } = request;
  const ids = await idsOf(stores, id);
  await erasures.add(database, ids, at);
  await untilKnown();
  const among = { $in: ids };
  const traces = await findTraces(db, ids);
  const mentions = new RegExp(
    `"(?:${ids.map((known) => escapeRegExp(JSON.stringify(known).slice(1, -1))).join('|')})"`,
  );
  const deletions = {
    events: await stores.events.deleteMany({
      $or: [{ userId: among }, { anonymousId: among, userId: among }],
    }),
    sessions: await stores.sessions.deleteMany({ userId: among }),
    personMessages: await stores.personMessages.deleteMany({ $or: [{ userId: among }, { alias: among }] }),
    deadLetters: await stores.deadLetters.deleteMany({ message: mentions }),
    profiles: await stores.profiles.deleteMany({ _id: among }),
    users: await stores.users.deleteMany({ _id: among }),
    // The last, for they tell which ids to delete when this has to be done again.
    identities: await stores.identities.deleteMany({ $or: [{ _id: among }, { canonicalId: among }] }),
  };
  const deleted: Record<string, number> = Object.fromEntries(
    Object.entries(deletions).map(([name, { deletedCount }]) => [name, deletedCount]),
  );
  deleted['columnBlocks'] = await forgetPeople(db, ids, traces);
  const total = Object.values(deleted).reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  await audit(db, { action: 'erase', person: hashId(id), by, at, deleted });
  return deleted;
}

/** Everything that is stored about a person, one line a document, with the collection it comes from. */
export async function exportPerson({
  db,
  stores,
  id,
  by,
}: PersonRequest): Promise<AsyncIterable<Record<string, unknown>> | null> {
  const ids = await idsOf(stores, id);
  const among = { $in: ids };
  const parts = {
    users: stores.users.find({ _id: among }),
    profiles: stores.profiles.find({ _id: among }),
    identities: stores.identities.find({ $or: [{ _id: among }, { canonicalId: among }] }),
    personMessages: stores.personMessages.find({ $or: [{ userId: among }, { alias: among }] }),
    sessions: stores.sessions.find({ userId: among }),
    events: stores.events.find({ userId: among }, { sort: { timestamp: 1 } }),
  };
  const known =
    (await stores.users.findOne({ _id: among })) ??
    (await stores.profiles.findOne({ _id: among })) ??
    (await stores.events.findOne({ userId: among }));
  if (!known) return null;
  await audit(db, { action: 'export', person: hashId(id), by, at: new Date() });
  return (async function* () {
    for (const [collection, cursor] of Object.entries(parts)) {
      for await (const document of cursor) yield { collection, document };
    }
  })();
}

const audit = async (db: Db, entry: AuditEntry): Promise<void> => {
  await db
    .collection<AuditEntry>('audit')
    .insertOne(entry, { writeConcern: { w: 'majority', journal: true } });
};

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
