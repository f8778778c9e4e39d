import { isDeepStrictEqual } from 'node:util';
import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import type { StoredSession } from '../../shared/model/event';
import {
  compareEvents,
  cutSessions,
  foldSession,
  gapSessionId,
  namedSessionId,
} from '../../shared/model/ingest/sessionize';
import type { People } from './deriveIdentities';
import type { SessionDirt, Stretch } from './dirt';
import { countOfSessions } from './extendSessions';
import { SESSION_FIELDS, type SessionRow } from './sessionRow';
import type { SessionWork } from './sessionTails';
import type { Stores } from './stores';

/** A person's stretch of time whose sessions are to be cut anew. */
interface Task {
  canonicalId: string;
  from: number;
  to: number;
}

/** How far before a stretch its session may have begun and still be found by its document. */
const LOOK_BACK_MS = 12 * 3_600_000;

/** Stretches that begin within the same span of time are read by one query. */
const SPAN_MS = 24 * 3_600_000;

/**
 * Counts the sessions anew that new events touched, from the events themselves, and writes those that differ.
 * Sessions with a client's id are folded whole; the others are cut by their gaps around each stretch.
 * @param mayTrustCounts whether a session's document holds when it counts as many events as its id has: events
 *   are only ever added, so it was folded from the same ones, unless an id of its person has just moved
 */
export async function deriveSessions(
  work: SessionWork,
  dirt: ReadonlyMap<string, SessionDirt>,
  { mayTrustCounts }: { readonly mayTrustCounts: boolean },
): Promise<void> {
  const { people } = work;
  await deriveNamed(work, dirt, mayTrustCounts);
  const tasks: Task[] = [];
  for (const [id, { stretches }] of dirt) {
    const canonicalId = people.canonicalOf.get(id) ?? id;
    for (const { from, to } of stretches) tasks.push({ canonicalId, from, to });
  }
  for (const group of groupTasks(tasks)) await deriveGapped(work, group);
}

async function deriveNamed(
  { stores, people, tails }: SessionWork,
  dirt: ReadonlyMap<string, SessionDirt>,
  mayTrustCounts: boolean,
): Promise<void> {
  const wanted = new Map<string, { canonicalId: string; events: SessionRow[] }>();
  const sessionIds = new Set<string>();
  const members = new Set<string>();
  const named = [...dirt].flatMap(([id, { sessionIds: own }]) => {
    const canonicalId = people.canonicalOf.get(id) ?? id;
    return [...own].map((sessionId) => ({ canonicalId, sessionId }));
  });
  for (const { canonicalId, sessionId } of mayTrustCounts ? await findStale(stores, named) : named) {
    for (const member of people.membersOf.get(canonicalId) ?? [canonicalId]) members.add(member);
    sessionIds.add(sessionId);
    wanted.set(namedSessionId(canonicalId, sessionId), { canonicalId, events: [] });
  }
  if (wanted.size === 0) return;
  const cursor = stores.events
    .find(
      { sessionId: { $in: [...sessionIds] }, userId: { $in: [...members] } },
      { projection: SESSION_FIELDS },
    )
    .hint({ sessionId: 1, timestamp: 1 });
  for await (const row of cursor) {
    const canonicalId = people.canonicalOf.get(row.userId) ?? row.userId;
    wanted.get(namedSessionId(canonicalId, row.sessionId ?? ''))?.events.push(row);
  }
  const before = await loadSessions(stores.sessions, [...wanted.keys()]);
  const derived: StoredSession[] = [];
  const operations: AnyBulkWriteOperation<StoredSession>[] = [];
  for (const [id, { canonicalId, events }] of wanted) {
    const session = foldSession(id, canonicalId, events.sort(compareEvents));
    if (session) derived.push(session);
    addDifference(operations, before.get(id), session, id);
  }
  if (operations.length > 0) await stores.sessions.bulkWrite(operations, { ordered: false });
  for (const session of derived) {
    tails.set(session._id, people.membersOf.get(session.userId) ?? [session.userId], session);
  }
}

interface NamedSession {
  readonly canonicalId: string;
  readonly sessionId: string;
}

/** The sessions whose document does not count as many events as their id has. */
async function findStale(stores: Stores, named: readonly NamedSession[]): Promise<NamedSession[]> {
  if (named.length === 0) return [];
  const counts = await countOfSessions(stores, [...new Set(named.map(({ sessionId }) => sessionId))]);
  const held = new Map<string, number>();
  const ids = named.map(({ canonicalId, sessionId }) => namedSessionId(canonicalId, sessionId));
  for await (const { _id, eventCount } of stores.sessions.find(
    { _id: { $in: ids } },
    { projection: { eventCount: 1 } },
  )) {
    held.set(_id, eventCount);
  }
  return named.filter(
    ({ canonicalId, sessionId }) =>
      held.get(namedSessionId(canonicalId, sessionId)) !== counts.get(sessionId),
  );
}

async function deriveGapped(
  { stores, people, tails, gapMs }: SessionWork,
  tasks: readonly Task[],
): Promise<void> {
  const from = Math.min(...tasks.map((task) => task.from));
  const to = Math.max(...tasks.map((task) => task.to));
  const canonicalIds = [...new Set(tasks.map(({ canonicalId }) => canonicalId))];
  const before = new Map<string, StoredSession[]>();
  const cursor = stores.sessions
    .find({
      userId: { $in: canonicalIds },
      startedAt: { $gte: new Date(Math.max(0, from - LOOK_BACK_MS)), $lte: new Date(to + gapMs) },
    })
    .hint({ userId: 1, startedAt: -1 });
  for await (const session of cursor) {
    if (!session._id.startsWith(`${session.userId}|~`)) continue;
    const known = before.get(session.userId);
    if (known) known.push(session);
    else before.set(session.userId, [session]);
  }
  // A stretch grows to the sessions that it touches, then by the events themselves until a gap lies on both sides.
  let open = tasks.map((task) => growToSessions(task, before.get(task.canonicalId) ?? [], gapMs));
  const operations: AnyBulkWriteOperation<StoredSession>[] = [];
  const newest = new Map<string, StoredSession>();
  while (open.length > 0) {
    const rows = await loadStretch(stores, people, open, gapMs);
    const grown: Task[] = [];
    for (const task of open) {
      const near = (rows.get(task.canonicalId) ?? []).filter(
        ({ timestamp }) => timestamp.getTime() >= task.from - gapMs && timestamp.getTime() <= task.to + gapMs,
      );
      const first = near[0]?.timestamp.getTime() ?? task.from;
      const last = near[near.length - 1]?.timestamp.getTime() ?? task.to;
      if (first < task.from || last > task.to) {
        grown.push({ ...task, from: Math.min(first, task.from), to: Math.max(last, task.to) });
      } else {
        const last = replaceSessions(operations, task, near, before.get(task.canonicalId) ?? [], gapMs);
        if (last) newest.set(task.canonicalId, last);
      }
    }
    open = grown;
  }
  if (operations.length > 0) await stores.sessions.bulkWrite(operations, { ordered: false });
  for (const [canonicalId, session] of newest) {
    tails.set(canonicalId, people.membersOf.get(canonicalId) ?? [canonicalId], session);
  }
}

function growToSessions(task: Task, sessions: readonly StoredSession[], gapMs: number): Task {
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
  const from = Math.min(...tasks.map((task) => task.from)) - gapMs;
  const to = Math.max(...tasks.map((task) => task.to)) + gapMs;
  const members = tasks.flatMap(({ canonicalId }) => people.membersOf.get(canonicalId) ?? [canonicalId]);
  const cursor = events
    .find(
      {
        userId: { $in: [...new Set(members)] },
        timestamp: { $gte: new Date(from), $lte: new Date(to) },
        sessionId: { $exists: false },
      },
      { projection: SESSION_FIELDS },
    )
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

/** Adds the writes that leave, within a stretch, exactly the sessions that its events make; returns the last one. */
function replaceSessions(
  operations: AnyBulkWriteOperation<StoredSession>[],
  task: Stretch & { canonicalId: string },
  events: readonly SessionRow[],
  before: readonly StoredSession[],
  gapMs: number,
): StoredSession | null {
  let last: StoredSession | null = null;
  const kept = new Set<string>();
  for (const cut of cutSessions(events, gapMs)) {
    const startedAt = cut[0]?.timestamp;
    if (!startedAt) continue;
    const id = gapSessionId(task.canonicalId, startedAt);
    kept.add(id);
    last = foldSession(id, task.canonicalId, cut);
    addDifference(
      operations,
      before.find(({ _id }) => _id === id),
      last,
      id,
    );
  }
  for (const { _id, startedAt } of before) {
    const at = startedAt.getTime();
    if (at >= task.from && at <= task.to && !kept.has(_id))
      operations.push({ deleteOne: { filter: { _id } } });
  }
  return last;
}

function addDifference(
  operations: AnyBulkWriteOperation<StoredSession>[],
  before: StoredSession | undefined,
  after: StoredSession | null,
  id: string,
): void {
  if (!after) {
    if (before) operations.push({ deleteOne: { filter: { _id: id } } });
  } else if (!isDeepStrictEqual(before, after)) {
    operations.push({ replaceOne: { filter: { _id: id }, replacement: after, upsert: true } });
  }
}

async function loadSessions(
  sessions: Collection<StoredSession>,
  ids: readonly string[],
): Promise<Map<string, StoredSession>> {
  const found = new Map<string, StoredSession>();
  for await (const session of sessions.find({ _id: { $in: [...ids] } })) found.set(session._id, session);
  return found;
}

/** At most this many stretches are read by one query. */
const MAX_GROUP = 200;

/** Tasks in groups of like length that lie near each other, so that one query reads little that nobody asked for. */
function groupTasks(tasks: readonly Task[]): Task[][] {
  const sizeOf = ({ from, to }: Task): number => Math.ceil(Math.log2((to - from) / SPAN_MS + 1));
  const sorted = [...tasks].sort((a, b) => sizeOf(a) - sizeOf(b) || a.from - b.from);
  const groups: Task[][] = [];
  let current: Task[] = [];
  for (const task of sorted) {
    const [first] = current;
    const fits =
      first !== undefined &&
      current.length < MAX_GROUP &&
      sizeOf(first) === sizeOf(task) &&
      task.from - first.from <= SPAN_MS * 2 ** sizeOf(first);
    if (!fits) groups.push((current = []));
    current.push(task);
  }
  return groups;
}
