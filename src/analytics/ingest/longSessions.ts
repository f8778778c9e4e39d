import type { Document, Filter } from 'mongodb';
import type { StoredEvent, StoredSession } from '../../shared/model/event';
import {
  compareEvents,
  cutSessions,
  extendSession,
  foldSession,
  gapSessionId,
  namedSessionId,
} from '../../shared/model/ingest/sessionize';
import type { SessionDirt, Stretch } from './dirt';
import { SESSION_FIELDS, type SessionRow } from './sessionRow';
import type { SessionWork } from './sessionTails';
import type { Stores } from './stores';

/** Shorter sessions cost less to count anew than to go on with. */
const LONG = 500;

/**
 * Goes on with long sessions where they were left: an index counts the events up to there, and when they are as
 * many as the session was folded from, only those behind are read. A session of a million events is thus never
 * read whole again. Returns the dirt without what was done.
 */
export async function deriveLongSessions(
  work: SessionWork,
  dirt: ReadonlyMap<string, SessionDirt>,
): Promise<Map<string, SessionDirt>> {
  const { tails, people } = work;
  const rest = new Map<string, SessionDirt>();
  const stretchesOf = new Map<string, { ids: string[]; from: number; to: number }>();
  for (const [id, { stretches, sessionIds, events }] of dirt) {
    const left = { stretches, sessionIds: new Set(sessionIds), events };
    rest.set(id, left);
    const canonicalId = people.canonicalOf.get(id) ?? id;
    const members = people.membersOf.get(canonicalId) ?? [canonicalId];
    for (const sessionId of sessionIds) {
      const tail = tails.get(namedSessionId(canonicalId, sessionId), members);
      if (!tail || tail.eventCount < LONG) continue;
      if (await goOnNamed(work, tail, sessionId, members)) left.sessionIds.delete(sessionId);
    }
    const span = stretchesOf.get(canonicalId) ?? { ids: [], from: Infinity, to: 0 };
    span.ids.push(id);
    span.from = Math.min(span.from, ...stretches.map(({ from }) => from));
    span.to = Math.max(span.to, ...stretches.map(({ to }) => to));
    stretchesOf.set(canonicalId, span);
  }
  for (const [canonicalId, { ids, ...span }] of stretchesOf) {
    const members = people.membersOf.get(canonicalId) ?? [canonicalId];
    const tail = tails.get(canonicalId, members);
    if (!tail || tail.eventCount < LONG || span.from < tail.startedAt.getTime()) continue;
    if (!(await goOnGapped(work, tail, members, span))) continue;
    for (const id of ids) {
      const left = rest.get(id);
      if (left) left.stretches = [];
    }
  }
  return rest;
}

/** Whether the session could be brought up to date; false: it is not what the events up to its end say. */
async function goOnNamed(
  { stores, tails }: SessionWork,
  tail: StoredSession,
  sessionId: string,
  members: readonly string[],
): Promise<boolean> {
  const hint = { sessionId: 1, timestamp: 1 };
  const before = { sessionId, timestamp: { $lte: tail.endedAt } };
  if ((await stores.events.countDocuments(before, { hint })) !== tail.eventCount) return false;
  const behind = { sessionId, timestamp: { $gt: tail.endedAt }, userId: { $in: [...members] } };
  const rows = await readRows(stores, behind, hint);
  const after = extendSession(tail, rows);
  if (!(await replace(stores, tail, after))) return false;
  tails.set(tail._id, members, after);
  return true;
}

/** The same for a session cut by pauses; what follows it in the stretch becomes sessions of its own. */
async function goOnGapped(
  { stores, tails, gapMs }: SessionWork,
  tail: StoredSession,
  members: readonly string[],
  stretch: Stretch,
): Promise<boolean> {
  const hint = { userId: 1, timestamp: 1 };
  const userId = { $in: [...members] };
  const from = new Date(tail.startedAt.getTime() - gapMs);
  const before = { userId, timestamp: { $gte: from, $lte: tail.endedAt } };
  if ((await stores.events.countDocuments(before, { hint })) !== tail.eventCount) return false;
  const rows: SessionRow[] = [];
  let last = tail.endedAt.getTime();
  for (let to = Math.max(last, stretch.to) + gapMs; to > last;) {
    const timestamp = { $gt: new Date(last), $lte: new Date(to) };
    const more = await readRows(stores, { userId, timestamp, sessionId: { $exists: false } }, hint);
    rows.push(...more);
    last = to;
    const end = more[more.length - 1]?.timestamp.getTime();
    if (end !== undefined) to = end + gapMs;
  }
  const cuts = cutSessions(rows, gapMs);
  const joins = rows[0] !== undefined && rows[0].timestamp.getTime() - tail.endedAt.getTime() <= gapMs;
  const after = extendSession(tail, joins ? (cuts.shift() ?? []) : []);
  if (!(await replace(stores, tail, after))) return false;
  const sessions = [after];
  for (const cut of cuts) {
    const at = cut[0]?.timestamp;
    const session = at && foldSession(gapSessionId(tail.userId, at), tail.userId, cut);
    if (session) sessions.push(session);
  }
  await writeAfter(stores, tail, sessions);
  const newest = sessions[sessions.length - 1];
  if (newest) tails.set(tail.userId, members, newest);
  return true;
}

async function readRows(
  { events }: Stores,
  filter: Filter<StoredEvent>,
  hint: Document,
): Promise<SessionRow[]> {
  const rows: SessionRow[] = await events.find(filter, { projection: SESSION_FIELDS }).hint(hint).toArray();
  return rows.sort(compareEvents);
}

/** Replaces a session only as it was left. */
async function replace({ sessions }: Stores, before: StoredSession, after: StoredSession): Promise<boolean> {
  const { _id, endedAt, eventCount } = before;
  return (await sessions.replaceOne({ _id, endedAt, eventCount }, after)).matchedCount === 1;
}

/** Leaves, behind a session's beginning and up to the last one's end, exactly these sessions. */
async function writeAfter(
  { sessions }: Stores,
  tail: StoredSession,
  kept: readonly StoredSession[],
): Promise<void> {
  const last = kept[kept.length - 1]?.endedAt ?? tail.endedAt;
  const others = await sessions
    .find({ userId: tail.userId, startedAt: { $gt: tail.startedAt, $lte: last } }, { projection: { _id: 1 } })
    .hint({ userId: 1, startedAt: -1 })
    .toArray();
  const ids = new Set(kept.map(({ _id }) => _id));
  const stale = others.filter(({ _id }) => _id.startsWith(`${tail.userId}|~`) && !ids.has(_id));
  if (stale.length > 0) await sessions.deleteMany({ _id: { $in: stale.map(({ _id }) => _id) } });
  for (const session of kept.slice(1)) {
    await sessions.replaceOne({ _id: session._id }, session, { upsert: true });
  }
}
