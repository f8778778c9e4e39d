import type { Filter } from 'mongodb';
import type { StoredEvent, StoredSession } from '../../shared/model/event';
import { compareEvents, cutSessions, foldSession, gapSessionId } from '../../shared/model/ingest/sessionize';
import type { People } from './deriveIdentities';
import type { Stretch } from './dirt';
import { SESSION_FIELDS, type SessionRow } from './sessionRow';
import type { SessionWork } from './sessionTails';
import { ContentionError, MAX_ROUNDS, type SessionChange, writeAsRead } from './sessionWrites';
import type { Stores } from './stores';

/** A person's stretch of time whose sessions are to be cut anew. */
export interface Task extends Stretch {
  canonicalId: string;
}

/** What the events of a stretch make of its sessions. */
interface Cut {
  readonly task: Task;
  readonly changes: SessionChange[];
  readonly newest: StoredSession | null;
}

/** How far before a stretch its session may have begun and still be found by its document. */
const LOOK_BACK_MS = 12 * 3_600_000;

/**
 * Cuts some people's stretches into sessions anew and writes those that differ. Documents are read before the
 * events and written only as they were read; where another writer came between, both are read again.
 *
 * @throws ContentionError when other writers came between again and again
 */
export async function deriveGapped(work: SessionWork, tasks: readonly Task[]): Promise<void> {
  const { stores, people, tails, gapMs } = work;
  // Sessions that stand in the way of a write although they began long before.
  const inTheWay = new Set<string>();
  let open: readonly Task[] = tasks;
  let rounds = 0;
  while (open.length > 0) {
    // A stretch grows to the sessions that it touches, then by the events themselves until a gap lies on both sides.
    const { before, grown } = await growToSessions(work, open, [...inTheWay]);
    const rows = await loadStretch(stores, people, grown, gapMs);
    const again: Task[] = [];
    const cuts: Cut[] = [];
    for (const task of grown) {
      const near = (rows.get(task.canonicalId) ?? []).filter(
        ({ timestamp }) => timestamp.getTime() >= task.from - gapMs && timestamp.getTime() <= task.to + gapMs,
      );
      const first = near[0]?.timestamp.getTime() ?? task.from;
      const last = near[near.length - 1]?.timestamp.getTime() ?? task.to;
      if (first < task.from || last > task.to) {
        again.push({ ...task, from: Math.min(first, task.from), to: Math.max(last, task.to) });
      } else {
        cuts.push(cutAnew(task, near, before.get(task.canonicalId) ?? [], gapMs));
      }
    }
    const changes = cuts.flatMap((cut) => cut.changes);
    let disturbed: readonly Cut[] = cuts;
    if (await writeAsRead(stores.sessions, changes)) {
      disturbed = await findPreceded(work, cuts, rows, grown);
      const undisturbed = cuts.filter((cut) => !disturbed.includes(cut));
      for (const { task, newest } of undisturbed) {
        const members = people.membersOf.get(task.canonicalId) ?? [task.canonicalId];
        if (newest) tails.set(task.canonicalId, members, newest);
      }
    } else {
      for (const { before: known, after } of changes) if (!known && after) inTheWay.add(after._id);
    }
    if (disturbed.length > 0 && (rounds += 1) > MAX_ROUNDS) throw new ContentionError();
    open = [...again, ...disturbed.map(({ task }) => task)];
  }
}

/** Stretches with the sessions that they touch, and all sessions that were found around them, by person. */
async function growToSessions(
  work: SessionWork,
  tasks: readonly Task[],
  ids: readonly string[],
): Promise<{ before: Map<string, StoredSession[]>; grown: readonly Task[] }> {
  const { gapMs } = work;
  let grown = tasks;
  for (;;) {
    const searchedTo = Math.max(...grown.map(({ to }) => to)) + gapMs;
    const before = await loadSessions(work, grown, ids);
    grown = grown.map((task) => growToOwn(task, before.get(task.canonicalId) ?? [], gapMs));
    if (grown.every(({ to }) => to <= searchedTo)) return { before, grown };
  }
}

/** The sessions without a client's id that some stretches may touch, by person, and those of some ids. */
async function loadSessions(
  { stores, gapMs }: SessionWork,
  tasks: readonly Task[],
  ids: readonly string[],
): Promise<Map<string, StoredSession[]>> {
  const from = Math.min(...tasks.map((task) => task.from)) - Math.max(LOOK_BACK_MS, gapMs);
  const to = Math.max(...tasks.map((task) => task.to)) + gapMs;
  const found = new Map<string, StoredSession[]>();
  const add = (session: StoredSession): void => {
    if (!session._id.startsWith(`${session.userId}|~`)) return;
    const known = found.get(session.userId);
    if (!known) found.set(session.userId, [session]);
    else if (!known.some(({ _id }) => _id === session._id)) known.push(session);
  };
  const cursor = stores.sessions
    .find({
      userId: { $in: [...new Set(tasks.map(({ canonicalId }) => canonicalId))] },
      startedAt: { $gte: new Date(Math.max(0, from)), $lte: new Date(to) },
    })
    .hint({ userId: 1, startedAt: -1 });
  for await (const session of cursor) add(session);
  if (ids.length > 0)
    for await (const session of stores.sessions.find({ _id: { $in: [...ids] } })) add(session);
  return found;
}

/**
 * The stretches in which a session was begun while, unseen, an event came to lie before it: whoever brought the
 * event may have been done before the session was written. Later ones find it.
 */
async function findPreceded(
  { stores, people, gapMs }: SessionWork,
  cuts: readonly Cut[],
  rows: ReadonlyMap<string, readonly SessionRow[]>,
  tasks: readonly Task[],
): Promise<Cut[]> {
  const begun = cuts.filter(({ changes }) => changes.some(({ before }) => !before));
  if (begun.length === 0) return [];
  const counts = new Map<string, number>();
  const cursor = stores.events.aggregate<{ _id: string; count: number }>(
    [{ $match: aroundStretches(people, tasks, gapMs) }, { $group: { _id: '$userId', count: { $sum: 1 } } }],
    { hint: { userId: 1, timestamp: 1 } },
  );
  for await (const { _id, count } of cursor) {
    const canonicalId = people.canonicalOf.get(_id) ?? _id;
    counts.set(canonicalId, (counts.get(canonicalId) ?? 0) + count);
  }
  const preceded: Cut[] = [];
  for (const cut of begun) {
    const { canonicalId } = cut.task;
    if (counts.get(canonicalId) === rows.get(canonicalId)?.length) continue;
    const members = people.membersOf.get(canonicalId) ?? [canonicalId];
    const gaps = cut.changes.flatMap(({ before, after }) => (before || !after ? [] : [after.startedAt]));
    const event = await stores.events.findOne({
      $or: gaps.map((startedAt) => ({
        userId: { $in: members },
        timestamp: { $gte: new Date(startedAt.getTime() - gapMs), $lt: startedAt },
        sessionId: { $exists: false },
      })),
    });
    if (event) preceded.push(cut);
  }
  return preceded;
}

function growToOwn(task: Task, sessions: readonly StoredSession[], gapMs: number): Task {
  const grown = { ...task };
  for (const { startedAt, endedAt } of sessions) {
    if (startedAt.getTime() > task.to + gapMs || endedAt.getTime() < task.from - gapMs) continue;
    grown.from = Math.min(grown.from, startedAt.getTime());
    grown.to = Math.max(grown.to, endedAt.getTime());
  }
  return grown;
}

/** The events without a session id of some people around their stretches, in order, by canonical id. */
async function loadStretch(
  { events }: Stores,
  people: People,
  tasks: readonly Task[],
  gapMs: number,
): Promise<Map<string, SessionRow[]>> {
  const cursor = events
    .find(aroundStretches(people, tasks, gapMs), { projection: SESSION_FIELDS })
    .hint({ userId: 1, timestamp: 1 });
  const rows = new Map<string, SessionRow[]>();
  for await (const row of cursor) {
    const canonicalId = people.canonicalOf.get(row.userId) ?? row.userId;
    const own = rows.get(canonicalId);
    if (own) own.push(row);
    else rows.set(canonicalId, [row]);
  }
  for (const own of rows.values()) own.sort(compareEvents);
  return rows;
}

/** The events without a session id between the first and the last of some stretches, and a gap around. */
function aroundStretches(people: People, tasks: readonly Task[], gapMs: number): Filter<StoredEvent> {
  const from = Math.min(...tasks.map((task) => task.from)) - gapMs;
  const to = Math.max(...tasks.map((task) => task.to)) + gapMs;
  const members = tasks.flatMap(({ canonicalId }) => people.membersOf.get(canonicalId) ?? [canonicalId]);
  return {
    userId: { $in: [...new Set(members)] },
    timestamp: { $gte: new Date(from), $lte: new Date(to) },
    sessionId: { $exists: false },
  };
}

/** The changes that leave, within a stretch, exactly the sessions that its events make. */
function cutAnew(
  task: Task,
  events: readonly SessionRow[],
  before: readonly StoredSession[],
  gapMs: number,
): Cut {
  const known = new Map(before.map((session) => [session._id, session]));
  const changes: SessionChange[] = [];
  let newest: StoredSession | null = null;
  for (const cut of cutSessions(events, gapMs)) {
    const startedAt = cut[0]?.timestamp;
    if (!startedAt) continue;
    const id = gapSessionId(task.canonicalId, startedAt);
    newest = foldSession(id, task.canonicalId, cut);
    changes.push({ before: known.get(id), after: newest });
    known.delete(id);
  }
  for (const session of known.values()) {
    const at = session.startedAt.getTime();
    if (at >= task.from && at <= task.to) changes.push({ before: session, after: null });
  }
  return { task, changes, newest };
}
