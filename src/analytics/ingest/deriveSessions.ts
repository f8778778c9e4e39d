import type { StoredSession } from '../../shared/model/event';
import { compareEvents, foldSession, namedSessionId } from '../../shared/model/ingest/sessionize';
import type { SessionDirt } from './dirt';
import { countOfSessions } from './extendSessions';
import { deriveGapped, type Task } from './gappedSessions';
import { SESSION_FIELDS, type SessionRow } from './sessionRow';
import type { SessionWork } from './sessionTails';
import { ContentionError, MAX_ROUNDS, writeAsRead } from './sessionWrites';
import type { Stores } from './stores';

/** Stretches that begin within the same span of time are read by one query. */
const SPAN_MS = 24 * 3_600_000;

/**
 * Counts the sessions anew that new events touched, from the events themselves, and writes those that differ.
 * Documents are read before the events and written only as they were read; where another writer came between,
 * both are read again. Sessions with a client's id are folded whole; the others are cut by their gaps around each stretch.
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
  work: SessionWork,
  dirt: ReadonlyMap<string, SessionDirt>,
  mayTrustCounts: boolean,
): Promise<void> {
  const { stores, people } = work;
  const named = [...dirt].flatMap(([id, { sessionIds: own }]) => {
    const canonicalId = people.canonicalOf.get(id) ?? id;
    return [...own].map((sessionId) => ({ canonicalId, sessionId }));
  });
  const stale = mayTrustCounts ? await findStale(stores, named) : named;
  for (let round = 0; stale.length > 0 && !(await foldNamed(work, stale)); round += 1) {
    if (round === MAX_ROUNDS) throw new ContentionError();
  }
}

/** Folds sessions anew; false when another writer came between. */
async function foldNamed(
  { stores, people, tails }: SessionWork,
  named: readonly NamedSession[],
): Promise<boolean> {
  const wanted = new Map<string, { canonicalId: string; events: SessionRow[] }>();
  const sessionIds = new Set<string>();
  const members = new Set<string>();
  for (const { canonicalId, sessionId } of named) {
    for (const member of people.membersOf.get(canonicalId) ?? [canonicalId]) members.add(member);
    sessionIds.add(sessionId);
    wanted.set(namedSessionId(canonicalId, sessionId), { canonicalId, events: [] });
  }
  const before = new Map<string, StoredSession>();
  for await (const session of stores.sessions.find({ _id: { $in: [...wanted.keys()] } })) {
    before.set(session._id, session);
  }
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
  const changes = [...wanted].map(([id, { canonicalId, events }]) => ({
    before: before.get(id),
    after: foldSession(id, canonicalId, events.sort(compareEvents)),
  }));
  if (!(await writeAsRead(stores.sessions, changes))) return false;
  for (const { after } of changes) {
    if (after) tails.set(after._id, people.membersOf.get(after.userId) ?? [after.userId], after);
  }
  return true;
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
