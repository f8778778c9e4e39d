import type { StoredSession } from '../../shared/model/event';
import {
  compareEvents,
  cutSessions,
  extendSession,
  foldSession,
  gapSessionId,
  namedSessionId,
} from '../../shared/model/ingest/sessionize';
import type { NewEvent, SessionDirt } from './dirt';
import type { SessionWork } from './sessionTails';
import { type SessionChange, writeAsRead } from './sessionWrites';
import type { Stores } from './stores';

/** The sessions that one person's new events begin or extend. */
interface Plan {
  /** Received ids whose dirt it covers. */
  readonly ids: string[];
  /** Under which key each session is remembered, and what the events make of it. */
  readonly sessions: PlannedSession[];
  readonly members: readonly string[];
  /** All that must be found in the database for the plan to hold. */
  readonly expected: Expected[];
  /** Whether it begins a session that is named by its first event. */
  hasBegun: boolean;
}

interface PlannedSession extends SessionChange {
  readonly key: string;
  readonly after: StoredSession;
}

/** What events of one session id, or without one, make of sessions. */
interface Part {
  readonly sessions: PlannedSession[];
  readonly expected: Expected;
}

/** How many events a session id has, or a person between two instants. */
type Expected = { sessionId: string; count: number } | { from: number; to: number; count: number };

/** Counts over windows that begin within the same span are asked for together. */
const SPAN_MS = 30 * 60_000;

/**
 * The quick way to derive sessions from new events alone: those that begin a session, or go on where the last
 * derivation left one. Nothing is assumed: the database must count exactly the events that the session was made
 * of (an index answers that without reading an event), and a session is replaced only as it was left. A session
 * that a pause began gets its name from its first event, so nobody who found an earlier one met it at the write:
 * the events are counted once more behind it. Only for people of whom nobody has derived anything is that second
 * count the only one. Returns the dirt of everybody else, whose sessions must be counted
 * anew.
 */
export async function extendSessions(
  work: SessionWork,
  dirt: ReadonlyMap<string, SessionDirt>,
): Promise<Map<string, SessionDirt>> {
  const rest = new Map(dirt);
  const plans = planAll(work, dirt);
  const fresh = new Set(plans.filter((plan) => isFresh(plan, work.born)));
  const known = plans.filter((plan) => !fresh.has(plan));
  const held = [...fresh, ...(await keepTrue(work.stores, known))];
  const sessions = held.flatMap((plan) => plan.sessions);
  if (sessions.length === 0 || !(await writeAsRead(work.stores.sessions, sessions))) return rest;
  const begins = held.filter(({ hasBegun }) => hasBegun);
  const doubtful = new Set(begins);
  for (const plan of await keepTrue(work.stores, begins)) doubtful.delete(plan);
  for (const plan of held) {
    if (doubtful.has(plan)) continue;
    for (const id of plan.ids) rest.delete(id);
    for (const { key, after } of plan.sessions) work.tails.set(key, plan.members, after);
  }
  return rest;
}

/** Whether a plan only begins sessions that are looked at after the write, of a person who is new here. */
const isFresh = ({ members, sessions, expected }: Plan, born: ReadonlySet<string>): boolean =>
  members.every((member) => born.has(member)) &&
  sessions.every(({ before }) => !before) &&
  expected.every((each) => !('sessionId' in each));

/** The plans of all people whose new events are at hand and come after everything known of them. */
function planAll({ people, tails, gapMs }: SessionWork, dirt: ReadonlyMap<string, SessionDirt>): Plan[] {
  const byPerson = new Map<string, { ids: string[]; events: NewEvent[] | null }>();
  for (const [id, { events }] of dirt) {
    const canonicalId = people.canonicalOf.get(id) ?? id;
    const own = byPerson.get(canonicalId);
    if (!own) byPerson.set(canonicalId, { ids: [id], events: events ? [...events] : null });
    else {
      own.ids.push(id);
      if (events) own.events?.push(...events);
      else own.events = null;
    }
  }
  const plans: Plan[] = [];
  for (const [canonicalId, { ids, events }] of byPerson) {
    if (!events || events.length === 0) continue;
    const members = people.membersOf.get(canonicalId) ?? [canonicalId];
    const plan: Plan = { ids, members, sessions: [], expected: [], hasBegun: false };
    const isWhole = [...bySessionId(events)].every(([sessionId, own]) => {
      own.sort(compareEvents);
      const part =
        sessionId === undefined
          ? planGapped(canonicalId, own, tails.get(canonicalId, members), gapMs)
          : planNamed(canonicalId, sessionId, members, own, tails);
      if (!part) return false;
      plan.sessions.push(...part.sessions);
      plan.expected.push(part.expected);
      plan.hasBegun ||= sessionId === undefined && part.sessions.some(({ before }) => !before);
      return true;
    });
    if (isWhole) plans.push(plan);
  }
  return plans;
}

function bySessionId(events: readonly NewEvent[]): Map<string | undefined, NewEvent[]> {
  const groups = new Map<string | undefined, NewEvent[]>();
  for (const event of events) {
    const own = groups.get(event.sessionId);
    if (own) own.push(event);
    else groups.set(event.sessionId, [event]);
  }
  return groups;
}

function planNamed(
  canonicalId: string,
  sessionId: string,
  members: readonly string[],
  events: readonly NewEvent[],
  tails: SessionWork['tails'],
): Part | null {
  const id = namedSessionId(canonicalId, sessionId);
  const before = tails.get(id, members);
  const after = continueSession(before, events) ?? (before ? null : foldSession(id, canonicalId, events));
  if (!after) return null;
  return { sessions: [{ key: id, before, after }], expected: { sessionId, count: after.eventCount } };
}

function planGapped(
  canonicalId: string,
  events: readonly NewEvent[],
  last: StoredSession | undefined,
  gapMs: number,
): Part | null {
  const first = events[0]?.timestamp.getTime() ?? 0;
  const goesOn = last !== undefined && first - last.endedAt.getTime() <= gapMs;
  const [head = [], ...others] = cutSessions(events, gapMs);
  const begun = (cut: readonly NewEvent[]): StoredSession | null => {
    const at = cut[0]?.timestamp;
    return at ? foldSession(gapSessionId(canonicalId, at), canonicalId, cut) : null;
  };
  const after = goesOn ? continueSession(last, head) : begun(head);
  if (!after) return null;
  const sessions: PlannedSession[] = [{ key: canonicalId, before: goesOn ? last : undefined, after }];
  for (const cut of others) {
    const next = begun(cut);
    if (next) sessions.push({ key: canonicalId, before: undefined, after: next });
  }
  const count = sessions.reduce((sum, session) => sum + session.after.eventCount, 0);
  const from = (goesOn ? last.startedAt.getTime() : first) - gapMs;
  const to = (events[events.length - 1]?.timestamp.getTime() ?? first) + gapMs;
  return { sessions, expected: { from, to, count } };
}

/** A session with events that all come after its last one; null when they do not. */
const continueSession = (
  before: StoredSession | undefined,
  events: readonly NewEvent[],
): StoredSession | null =>
  before && events[0] && events[0].timestamp > before.endedAt ? extendSession(before, events) : null;

/** The plans whose events are exactly those that the database counts. */
async function keepTrue(stores: Stores, plans: readonly Plan[]): Promise<Plan[]> {
  if (plans.length === 0) return [];
  const named: { plan: Plan; sessionId: string; count: number }[] = [];
  const windows = new Map<number, { plan: Plan; from: number; to: number; count: number }[]>();
  for (const plan of plans) {
    for (const expected of plan.expected) {
      if ('sessionId' in expected) {
        named.push({ plan, ...expected });
        continue;
      }
      const span = Math.floor(expected.from / SPAN_MS);
      const near = windows.get(span);
      if (near) near.push({ plan, ...expected });
      else windows.set(span, [{ plan, ...expected }]);
    }
  }
  const broken = new Set<Plan>(named.length === 0 ? [] : await findBrokenNamed(stores, named));
  for (const near of windows.values()) {
    for (const plan of await findBrokenWindows(stores, near)) broken.add(plan);
  }
  return plans.filter((plan) => !broken.has(plan));
}

async function findBrokenNamed(
  stores: Stores,
  named: readonly { plan: Plan; sessionId: string; count: number }[],
): Promise<Plan[]> {
  const counts = await countOfSessions(stores, [...new Set(named.map(({ sessionId }) => sessionId))]);
  return named.filter(({ sessionId, count }) => counts.get(sessionId) !== count).map(({ plan }) => plan);
}

/** The number of events of each session id, of whoever; an index tells without reading an event. */
export async function countOfSessions(
  { events }: Stores,
  sessionIds: readonly string[],
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const cursor = events.aggregate<{ _id: string; count: number }>(
    [{ $match: { sessionId: { $in: sessionIds } } }, { $group: { _id: '$sessionId', count: { $sum: 1 } } }],
    { hint: { sessionId: 1, timestamp: 1 } },
  );
  for await (const { _id, count } of cursor) counts.set(_id, count);
  return counts;
}

/** For windows that begin near each other: what another session of a person adds to the count only costs time. */
async function findBrokenWindows(
  { events }: Stores,
  near: readonly { plan: Plan; from: number; to: number; count: number }[],
): Promise<Plan[]> {
  const from = Math.min(...near.map((window) => window.from));
  const to = Math.max(...near.map((window) => window.to));
  const counts = new Map<string, number>();
  const cursor = events.aggregate<{ _id: string; count: number }>(
    [
      {
        $match: {
          userId: { $in: near.flatMap(({ plan }) => plan.members) },
          timestamp: { $gte: new Date(from), $lte: new Date(to) },
        },
      },
      { $group: { _id: '$userId', count: { $sum: 1 } } },
    ],
    { hint: { userId: 1, timestamp: 1 } },
  );
  for await (const { _id, count } of cursor) counts.set(_id, count);
  return near
    .filter(({ plan, count }) => plan.members.reduce((sum, id) => sum + (counts.get(id) ?? 0), 0) !== count)
    .map(({ plan }) => plan);
}
