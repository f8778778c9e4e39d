import type { Collection, Db, Filter, WithId } from 'mongodb';
import type { StoredEvent, StoredPersonMessage } from '../../shared/model/event';
import type { IngestItem } from '../../shared/model/ingest/item';
import { DEFAULT_SESSION_GAP_MS } from '../../shared/model/ingest/sessionize';
import {
  deriveIdentities,
  findMoved,
  finishMoves,
  loadPeople,
  type MovedId,
  type People,
} from './deriveIdentities';
import { deriveProfiles } from './deriveProfiles';
import { deriveSessions } from './deriveSessions';
import { deriveUsers } from './deriveUsers';
import { extendSessions } from './extendSessions';
import { deriveLongSessions } from './longSessions';
import { Dirt } from './dirt';
import { type EncodedEvents, sketchOf } from './encodedEvents';
import { ensureIndexes } from './ensureIndexes';
import { insertEncoded } from './insertEncoded';
import { type InsertHints, insertOnce, type InsertOutcome } from './insertOnce';
import { SessionTails } from './sessionTails';
import { ContentionError, MAX_ROUNDS } from './sessionWrites';
import { openStores, type Stores } from './stores';

export interface IngestOptions {
  db: Db;
  /** The pause that ends a session without a client's id, milliseconds. */
  sessionGapMs?: number;
  /** How many lately derived sessions are remembered, so that they can be extended without being read. */
  rememberedSessions?: number;
}

/** Writes events into one database and keeps what is derived from them. */
export interface Ingest {
  readonly stores: Stores;
  /** Creates the missing indexes. */
  prepare(): Promise<void>;
  /**
   * Stores items durably (majority, journal) and says what became of each, in order. Repeating it is harmless.
   * Throws the driver's error when nothing certain can be said; then the same items must be written again.
   *
   * @param jsonBytes where it is known, how many bytes the items have at most as JSON: small batches then cost less
   */
  write(items: readonly IngestItem[], jsonBytes?: number): Promise<InsertOutcome[]>;
  /** The same for events that are encoded already. */
  writeEncoded(parts: readonly EncodedEvents[]): Promise<InsertOutcome[]>;
  /**
   * Brings profiles, identities, users and sessions up to date with everything written so far. Idempotent, and
   * exact beside other writers: what each step wrote it checks against what others wrote meanwhile, before it is
   * done. On an error nothing is forgotten: the next call goes on with it.
   */
  derive(): Promise<void>;
  /** Ids with news that `derive` has not yet worked in. */
  readonly pending: number;
  /** About the bytes that these hold in memory. */
  readonly pendingBytes: number;
}

/** Ids derived at once. */
const CHUNK = 500;

/** Opens one database for writing; connects only when used. */
export function openIngest({
  db,
  sessionGapMs = DEFAULT_SESSION_GAP_MS,
  rememberedSessions,
}: IngestOptions): Ingest {
  const stores = openStores(db);
  let dirt = new Dirt();
  let waiting: Dirt[] = [];
  const tails = new SessionTails(rememberedSessions);

  const deriveAll = async (work: Dirt): Promise<void> => {
    const ids = [...new Set([...work.news.keys(), ...work.sessions.keys()])];
    for (let start = 0; start < ids.length; start += CHUNK) {
      const chunk = ids.slice(start, start + CHUNK);
      await deriveChunk(stores, tails, work, chunk, sessionGapMs);
      work.forget(chunk);
    }
  };

  return {
    stores,
    prepare: () => ensureIndexes(db),
    async write(items, jsonBytes) {
      const hints = jsonBytes === undefined ? undefined : { db, jsonBytes };
      const { outcomes, events, repeated, messages } = await writeItems(stores, items, hints);
      for (const event of events) dirt.noteEvent(sketchOf(event), true);
      for (const event of repeated) dirt.noteEvent(sketchOf(event), false);
      for (const message of messages) dirt.notePersonMessage(message);
      return outcomes;
    },
    async writeEncoded(parts) {
      const outcomes = await insertEncoded(stores.events, parts, db);
      const repeated: string[] = [];
      let index = 0;
      for (const { sketches } of parts) {
        for (const sketch of sketches) {
          const outcome = outcomes[index++];
          if (outcome === 'stored') dirt.noteEvent(sketch, true);
          else if (outcome === 'duplicate') repeated.push(sketch._id);
        }
      }
      const first = await readFirst(stores.events, repeated);
      for (const event of first) dirt.noteEvent(sketchOf(event), false);
      return outcomes;
    },
    async derive() {
      if (dirt.size > 0) waiting.push(dirt);
      dirt = new Dirt();
      for (let next = waiting[0]; next; next = waiting[0]) {
        await deriveAll(next);
        waiting = waiting.slice(1);
      }
    },
    get pending() {
      return dirt.size + waiting.reduce((sum, { size }) => sum + size, 0);
    },
    get pendingBytes() {
      return dirt.bytes + waiting.reduce((sum, { bytes }) => sum + bytes, 0);
    },
  };
}

async function writeItems(
  stores: Stores,
  items: readonly IngestItem[],
  hints: InsertHints | undefined,
): Promise<{
  outcomes: InsertOutcome[];
  /** Stored by this write. */
  events: StoredEvent[];
  /** Stored by an earlier one. */
  repeated: StoredEvent[];
  messages: StoredPersonMessage[];
}> {
  const events = items.flatMap((item) => (item.kind === 'event' ? [item.event] : []));
  const messages = items.flatMap((item) => (item.kind === 'person' ? [item.message] : []));
  const eventOutcomes = await insertOnce(stores.events, events, hints);
  const messageOutcomes = await insertOnce(stores.personMessages, messages, hints);
  const firstEvents = await readFirst(stores.events, idsOf(events, eventOutcomes));
  const firstMessages = await readFirst(stores.personMessages, idsOf(messages, messageOutcomes));
  let eventIndex = 0;
  let messageIndex = 0;
  const outcomes = items.map((item) =>
    item.kind === 'event' ? eventOutcomes[eventIndex++] : messageOutcomes[messageIndex++],
  );
  return {
    outcomes: outcomes.map((outcome) => outcome ?? 'stored'),
    events: events.filter((_, index) => eventOutcomes[index] === 'stored'),
    repeated: firstEvents,
    messages: [...messages.filter((_, index) => messageOutcomes[index] === 'stored'), ...firstMessages],
  };
}

/** Of what was there already, what counts is the first one's time and ids. */
async function readFirst<T extends { _id: string }>(
  collection: Collection<T>,
  ids: readonly string[],
): Promise<WithId<T>[]> {
  if (ids.length === 0) return [];
  const filter: Filter<{ _id: string }> = { _id: { $in: [...new Set(ids)] } };
  return collection.find(filter as Filter<T>).toArray();
}

const idsOf = (documents: readonly { _id: string }[], outcomes: readonly InsertOutcome[]): string[] =>
  documents.flatMap(({ _id }, index) => (outcomes[index] === 'duplicate' ? [_id] : []));

async function deriveChunk(
  stores: Stores,
  tails: SessionTails,
  work: Dirt,
  ids: readonly string[],
  gapMs: number,
): Promise<void> {
  const chunk = new Dirt();
  for (const id of ids) {
    const news = work.news.get(id);
    const sessions = work.sessions.get(id);
    if (news) chunk.news.set(id, news);
    if (sessions) chunk.adoptSessions(id, sessions);
  }
  const { profiles, born, linked } = await deriveProfiles(stores, chunk.news);
  if (linked.size > 0) await deriveIdentities(stores, linked);
  const touched = new Set([...ids, ...linked]);
  let derivedWith: People | undefined;
  for (let round = 0; ; round += 1) {
    if (round === MAX_ROUNDS) throw new ContentionError();
    let people = await loadPeople(stores, touched);
    const moved = [...people.moving, ...(derivedWith ? findMoved(derivedWith, people) : [])];
    if (derivedWith && moved.length === 0) return;
    const dirt = derivedWith ? new Dirt() : chunk;
    if (moved.length > 0) {
      await noteMoves(stores, dirt, moved);
      for (const { id, from, to } of moved) for (const each of [id, ...from, to]) touched.add(each);
      people = await loadPeople(stores, touched);
    }
    const fresh = derivedWith ? { profiles: new Map(), born: new Set<string>() } : { profiles, born };
    await deriveUsers(stores, people, fresh);
    const sessionWork = { stores, tails, people, born: fresh.born, gapMs };
    const open = await extendSessions(sessionWork, dirt.sessions);
    const rest = await deriveLongSessions(sessionWork, open);
    await deriveSessions(sessionWork, rest, { mayTrustCounts: moved.length === 0 });
    const aliases = [...people.canonicalOf]
      .filter(([id, canonicalId]) => id !== canonicalId)
      .map(([id]) => id);
    if (aliases.length > 0) await stores.sessions.deleteMany({ userId: { $in: aliases } });
    await finishMoves(stores, moved);
    derivedWith = people;
  }
}

/** Marks the sessions of all people between whom each id moved. */
async function noteMoves(stores: Stores, dirt: Dirt, moved: readonly MovedId[]): Promise<void> {
  const concerned = new Map<string, Set<string>>();
  for (const { id, from, to } of moved) {
    const people = concerned.get(id) ?? new Set();
    for (const person of [...from, to]) people.add(person);
    concerned.set(id, people);
  }
  const spans = stores.events.aggregate<{ _id: { u: string; s?: string | null }; from: Date; to: Date }>(
    [
      { $match: { userId: { $in: [...concerned.keys()] } } },
      {
        $group: {
          _id: { u: '$userId', s: '$sessionId' },
          from: { $min: '$timestamp' },
          to: { $max: '$timestamp' },
        },
      },
    ],
    { hint: { userId: 1, timestamp: 1 } },
  );
  for await (const { _id, from, to } of spans) {
    for (const person of concerned.get(_id.u) ?? []) {
      if (_id.s == null) dirt.noteStretch(person, { from: from.getTime(), to: to.getTime() });
      else dirt.noteSessionId(person, _id.s);
    }
  }
}
