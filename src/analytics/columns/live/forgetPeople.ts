import { Timestamp, type Db, type ObjectId } from 'mongodb';
import { COLLECTIONS } from '../../../shared/model/collections';
import type { StoredEvent } from '../../../shared/model/event';
import { PartGone } from '../snapshot';
import { hourOf, type DayPart } from './columnDay';
import { ColumnStore } from './columnStore';
import type { ColumnBooks } from './documents';
import { IdList } from './idLists';

/** What people leave in column blocks: noted before their events are deleted. */
export interface Traces {
  /** Hours since 1970 that hold their events. */
  readonly hours: ReadonlySet<number>;
  readonly sessionIds: ReadonlySet<string>;
}

/** Where in a Waymark database the events of some user ids lie. */
export async function findTraces(db: Db, userIds: readonly string[]): Promise<Traces> {
  const hours = new Set<number>();
  const sessionIds = new Set<string>();
  const found = db
    .collection<StoredEvent>(COLLECTIONS.events, { readPreference: 'primary' })
    .find({ userId: { $in: [...userIds] } }, { projection: { _id: 0, timestamp: 1, sessionId: 1 } });
  for await (const { timestamp, sessionId } of found) {
    if (timestamp instanceof Date) hours.add(hourOf(timestamp.getTime()));
    if (sessionId !== undefined) sessionIds.add(sessionId);
  }
  return { hours, sessionIds };
}

/**
 * Removes people from the columns of a database at once: every block that holds an event of theirs, and their ids
 * from the lists. To be called after their events were deleted; the hours are read from the events until they are
 * built again. May be repeated.
 * @returns how many blocks were removed
 */
export async function forgetPeople(db: Db, userIds: readonly string[], traces: Traces): Promise<number> {
  const removed = new Map<string, ObjectId | null>();
  for (let attempt = 1; ; attempt++) {
    try {
      await forget(db, userIds, traces, removed);
      return removed.size;
    } catch (error) {
      // Somebody else has replaced a chunk of ids while it was read.
      if (!(error instanceof PartGone) || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

const MOST_ATTEMPTS = 5;

/** @param removed gets the blocks that nothing names any more */
async function forget(
  db: Db,
  userIds: readonly string[],
  traces: Traces,
  removed: Map<string, ObjectId | null>,
): Promise<void> {
  const store = new ColumnStore(db);
  const books = await store.readBooks();
  if (!books) return;
  await dropParts(store, books, traces.hours, removed);
  const read = (hash: string): Promise<Uint8Array> => store.readBytes(hash);
  const users = new IdList(store, read, { ...books.users, chunks: [] });
  await users.follow(books.users);
  const userChunks = await users.erase(new Set(userIds));
  const sessions = new IdList(store, read, { ...books.sessions, chunks: [] });
  await sessions.follow(books.sessions);
  const sessionChunks = await sessions.erase(await withoutShared(db, traces.sessionIds));
  await store.removeBlocks(new Map([...removed, ...userChunks, ...sessionChunks]));
}

/** Takes the parts that touch some hours out of their days. @param removed gets the blocks that nothing names then */
async function dropParts(
  store: ColumnStore,
  books: ColumnBooks,
  hours: ReadonlySet<number>,
  removed: Map<string, ObjectId | null>,
): Promise<void> {
  const { lineage } = books.state;
  for (const day of books.days) {
    const first = hourOf(day.start);
    const isTouched = (part: DayPart): boolean => hoursOf(first, part).some((hour) => hours.has(hour));
    const touched = day.parts.filter(isTouched);
    if (touched.length === 0) continue;
    // Noted as changed before they go: hours without a part and without a note would count as empty.
    await store.noteHours(
      lineage,
      new Map(
        touched.flatMap((part) => hoursOf(first, part).map((hour) => [hour, justAfter(part.since)] as const)),
      ),
    );
    const rest = day.parts.filter((part) => !isTouched(part));
    const storedAs = await store.storedAs(touched.flatMap(({ blocks }) => blocks.map(({ hash }) => hash)));
    if (await store.publish(lineage, day, rest)) {
      for (const [hash, as] of storedAs) removed.set(hash, as);
      continue;
    }
    const now = await store.readBooks();
    if (now?.state.lineage !== lineage) return;
    const same = now.days.filter(({ start }) => start === day.start);
    await dropParts(store, { ...now, days: same }, hours, removed);
  }
}

const hoursOf = (firstHour: number, { from, to }: DayPart): number[] =>
  Array.from({ length: to - from }, (_, index) => firstHour + from + index);

const justAfter = (at: Timestamp): Timestamp => Timestamp.fromBits(at.getLowBits() + 1, at.getHighBits());

/** Session ids that nobody else's events bear. */
async function withoutShared(db: Db, sessionIds: ReadonlySet<string>): Promise<Set<string>> {
  const own = new Set(sessionIds);
  const shared = await db
    .collection<StoredEvent>(COLLECTIONS.events, { readPreference: 'primary' })
    .distinct('sessionId', { sessionId: { $in: [...own] } });
  for (const id of shared) if (typeof id === 'string') own.delete(id);
  return own;
}
