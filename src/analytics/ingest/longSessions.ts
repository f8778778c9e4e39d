import type { Document, Filter } from 'mongodb';
import type { StoredEvent, StoredSession } from '../../shared/model/event';
import {
  compareEvents,
  cutSessions,
  extendSession,
  namedSessionId,
} from '../../shared/model/ingest/sessionize';
import type { SessionDirt, Stretch } from './dirt';
import { SESSION_FIELDS, type SessionRow } from './sessionRow';
import type { SessionWork } from './sessionTails';
import { writeAsRead } from './sessionWrites';
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
    const behind = await goOnGapped(work, tail, members, span);
    if (!behind) continue;
    for (const id of ids) {
      const left = rest.get(id);
      if (left) left.stretches = behind;
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
  if (!(await writeAsRead(stores.sessions, [{ before: tail, after }]))) return false;
  tails.set(tail._id, members, after);
  return true;
}

/**
 * The same for a session cut by pauses. Returns the stretch behind its end that holds sessions of its own, which
 * are short and yet to be counted; null: it is not what the events up to its end say.
 */
async function goOnGapped(
  { stores, tails, gapMs }: SessionWork,
  tail: StoredSession,
  members: readonly string[],
  stretch: Stretch,
): Promise<Stretch[] | null> {
  const hint = { userId: 1, timestamp: 1 };
  const userId = { $in: [...members] };
  const from = new Date(tail.startedAt.getTime() - gapMs);
  const before = { userId, timestamp: { $gte: from, $lte: tail.endedAt } };
  if ((await stores.events.countDocuments(before, { hint })) !== tail.eventCount) return null;
  const timestamp = { $gt: tail.endedAt, $lte: new Date(stretch.to) };
  const rows = await readRows(stores, { userId, timestamp, sessionId: { $exists: false } }, hint);
  const [first] = rows;
  const cuts = cutSessions(rows, gapMs);
  const joins = first !== undefined && first.timestamp.getTime() - tail.endedAt.getTime() <= gapMs;
  const after = extendSession(tail, joins ? (cuts.shift() ?? []) : []);
  if (!(await writeAsRead(stores.sessions, [{ before: tail, after }]))) return null;
  tails.set(tail.userId, members, after);
  const next = cuts[0]?.[0];
  return next ? [{ from: next.timestamp.getTime(), to: stretch.to }] : [];
}

async function readRows(
  { events }: Stores,
  filter: Filter<StoredEvent>,
  hint: Document,
): Promise<SessionRow[]> {
  const rows: SessionRow[] = await events.find(filter, { projection: SESSION_FIELDS }).hint(hint).toArray();
  return rows.sort(compareEvents);
}
