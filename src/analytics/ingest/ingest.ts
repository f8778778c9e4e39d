import type { Db } from 'mongodb';
import type { StoredEvent, StoredPersonMessage } from '../../shared/model/event';
import type { IngestItem } from '../../shared/model/ingest/item';
import { DEFAULT_SESSION_GAP_MS } from '../../shared/model/ingest/sessionize';
import { deriveIdentities, loadPeople, type MovedId } from './deriveIdentities';
import { deriveProfiles } from './deriveProfiles';
import { deriveSessions } from './deriveSessions';
import { deriveUsers } from './deriveUsers';
import { extendSessions } from './extendSessions';
import { deriveLongSessions } from './longSessions';
import { Dirt } from './dirt';
import { ensureIndexes } from './ensureIndexes';
import { type InsertHints, insertOnce, type InsertOutcome } from './insertOnce';
import { SessionTails } from './sessionTails';
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
  /**
   * Brings profiles, identities, users and sessions up to date with everything written so far. Idempotent, and
   * safe beside other writers. On an error nothing is forgotten: the next call begins again.
   */
  derive(): Promise<void>;
  /**
   * Looks once more at what was derived since the last call and mends what a writer beside this one left
   * behind. Needed only where several write; cheap enough to run whenever there is nothing else to do.
   */
  settle(): Promise<void>;
  /** Ids with news that `derive` has not yet worked in. */
  readonly pending: number;
  /** About the bytes that these hold in memory. */
  readonly pendingBytes: number;
}

/** Ids derived at once. */
const CHUNK = 500;

/** More people, or more of their sessions, than fit into this are not looked at twice. */
const MAX_UNSETTLED_PEOPLE = 50_000;
const MAX_UNSETTLED_BYTES = 16 * 2 ** 20;

/** Opens one database for writing; connects only when used. */
export function openIngest({
  db,
  sessionGapMs = DEFAULT_SESSION_GAP_MS,
  rememberedSessions,
}: IngestOptions): Ingest {
  const stores = openStores(db);
  let dirt = new Dirt();
  let waiting: Dirt[] = [];
  let unsettled = new Dirt();
  const tails = new SessionTails(rememberedSessions);

  const deriveAll = async (work: Dirt, remember: boolean): Promise<void> => {
    const ids = [...new Set([...work.news.keys(), ...work.sessions.keys(), ...work.people])];
    for (let start = 0; start < ids.length; start += CHUNK) {
      await deriveChunk(stores, tails, work, ids.slice(start, start + CHUNK), sessionGapMs);
    }
    if (remember) rememberUnsettled(unsettled, work, ids);
  };

  return {
    stores,
    prepare: () => ensureIndexes(db),
    async write(items, jsonBytes) {
      const hints = jsonBytes === undefined ? undefined : { db, jsonBytes };
      const { outcomes, events, repeated, messages } = await writeItems(stores, items, hints);
      for (const event of events) dirt.noteEvent(event, true);
      for (const event of repeated) dirt.noteEvent(event, false);
      for (const message of messages) dirt.notePersonMessage(message);
      return outcomes;
    },
    async derive() {
      if (dirt.size > 0) waiting.push(dirt);
      dirt = new Dirt();
      for (let next = waiting[0]; next; next = waiting[0]) {
        await deriveAll(next, true);
        waiting = waiting.slice(1);
      }
    },
    async settle() {
      const work = unsettled;
      unsettled = new Dirt();
      await deriveAll(work, false).catch((error: unknown) => {
        // It is looked at with what comes next.
        rememberUnsettled(unsettled, work, [...work.people]);
        throw error;
      });
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
  // Of an item that was there already, what counts is the first one's time and ids.
  const repeatedEvents = idsOf(events, eventOutcomes);
  const repeatedMessages = idsOf(messages, messageOutcomes);
  const firstEvents =
    repeatedEvents.length === 0 ? [] : await stores.events.find({ _id: { $in: repeatedEvents } }).toArray();
  const firstMessages =
    repeatedMessages.length === 0
      ? []
      : await stores.personMessages.find({ _id: { $in: repeatedMessages } }).toArray();
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

const idsOf = (documents: readonly { _id: string }[], outcomes: readonly InsertOutcome[]): string[] => [
  ...new Set(documents.flatMap(({ _id }, index) => (outcomes[index] === 'duplicate' ? [_id] : []))),
];

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
  const { profiles, linked } = await deriveProfiles(stores, chunk.news);
  const moved = linked.size === 0 ? [] : await deriveIdentities(stores, linked);
  if (moved.length > 0) await noteMoves(stores, chunk, moved);
  const touched = [...ids, ...moved.flatMap(({ id, from, to }) => [id, from, to])];
  const people = await loadPeople(stores, touched);
  await deriveUsers(stores, people, profiles);
  const sessionWork = { stores, tails, people, gapMs };
  const open = await extendSessions(sessionWork, chunk.sessions);
  const rest = await deriveLongSessions(sessionWork, open);
  await deriveSessions(sessionWork, rest, { mayTrustCounts: moved.length === 0 });
  const aliases = [...people.canonicalOf].filter(([id, canonicalId]) => id !== canonicalId).map(([id]) => id);
  if (aliases.length > 0) await stores.sessions.deleteMany({ userId: { $in: aliases } });
  if (moved.length > 0) {
    await stores.identities.updateMany(
      { _id: { $in: moved.map(({ id }) => id) } },
      { $unset: { movedFrom: true } },
    );
  }
}

/** Marks the sessions of both people between whom each id moved. */
async function noteMoves(stores: Stores, dirt: Dirt, moved: readonly MovedId[]): Promise<void> {
  const moves = new Map(moved.map((move) => [move.id, move]));
  const spans = stores.events.aggregate<{ _id: { u: string; s?: string | null }; from: Date; to: Date }>(
    [
      { $match: { userId: { $in: [...moves.keys()] } } },
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
    const move = moves.get(_id.u);
    if (!move) continue;
    for (const person of [move.from, move.to]) {
      if (_id.s == null) dirt.noteStretch(person, { from: from.getTime(), to: to.getTime() });
      else dirt.noteSessionId(person, _id.s);
    }
  }
}

function rememberUnsettled(unsettled: Dirt, work: Dirt, ids: readonly string[]): void {
  for (const id of ids) {
    if (unsettled.size > MAX_UNSETTLED_PEOPLE || unsettled.bytes > MAX_UNSETTLED_BYTES) return;
    unsettled.people.add(id);
    const sessions = work.sessions.get(id);
    for (const stretch of sessions?.stretches ?? []) unsettled.noteStretch(id, stretch);
    for (const sessionId of sessions?.sessionIds ?? []) unsettled.noteSessionId(id, sessionId);
  }
}
