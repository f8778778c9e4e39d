import type { StoredEvent, StoredIdentity, StoredUser } from '../../shared/model/event';
import { DEFAULT_ROLES, type Roles } from '../../shared/model/roles';
import { byCodePoint } from './codePoints';

/** Everything stored, as plain arrays: what the reference evaluator reads. */
export interface Stored {
  readonly events: readonly StoredEvent[];
  readonly users: readonly StoredUser[];
  readonly identities: readonly StoredIdentity[];
}

/** One event with its canonical user. */
export interface WorldEvent {
  readonly id: string;
  /** Canonical user id. */
  readonly user: string;
  /** ms. */
  readonly at: number;
  readonly type: string;
  readonly stored: StoredEvent;
}

/** A session of one canonical user; events in order of (time, id). */
export interface WorldSession {
  readonly id: string;
  readonly user: string;
  readonly start: number;
  readonly end: number;
  readonly events: readonly WorldEvent[];
  /** Whether it was cut by the gap, rather than named by the client. */
  readonly derived: boolean;
}

export interface World {
  /** All events in order of (time, id). */
  readonly events: readonly WorldEvent[];
  readonly eventsOf: ReadonlyMap<string, readonly WorldEvent[]>;
  readonly sessions: readonly WorldSession[];
  readonly sessionOf: ReadonlyMap<WorldEvent, WorldSession>;
  readonly profiles: ReadonlyMap<string, StoredUser>;
  readonly identities: readonly StoredIdentity[];
  readonly roles: Roles;
  readonly gapMs: number;
  /** Newest stored timestamp (ms), undefined without events. */
  readonly newest: number | undefined;
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

function makeSession(user: string, events: readonly WorldEvent[], id?: string): WorldSession {
  const start = events[0]?.at ?? 0;
  const end = events[events.length - 1]?.at ?? start;
  return { id: id ?? new Date(start).toISOString(), user, start, end, events, derived: id === undefined };
}

/** A user's sessions: one for each client's id, the rest cut where a pause is longer than the gap. */
function sessionsOf(user: string, events: readonly WorldEvent[], gapMs: number): WorldSession[] {
  const named = events.filter((event) => event.stored.sessionId != null);
  const unnamed = events.filter((event) => event.stored.sessionId == null);
  const sessions: WorldSession[] = [];
  for (const [id, own] of groupBy(named, (event) => String(event.stored.sessionId))) {
    sessions.push(makeSession(user, own, id));
  }
  let current: WorldEvent[] = [];
  for (const event of unnamed) {
    const last = current[current.length - 1];
    if (last && event.at - last.at > gapMs) {
      sessions.push(makeSession(user, current));
      current = [];
    }
    current.push(event);
  }
  if (current.length > 0) sessions.push(makeSession(user, current));
  return sessions;
}

/** Orders what is stored: aliases resolved, events by time and id, sessions formed. */
export function buildWorld(
  stored: Stored,
  { roles = DEFAULT_ROLES, gapMs = 30 * 60_000 }: { roles?: Roles; gapMs?: number } = {},
): World {
  const canonicalOf = new Map(stored.identities.map((edge) => [edge._id, edge.canonicalId]));
  const events = stored.events
    .filter((event) => event.userId != null && event.timestamp instanceof Date)
    .map((event) => ({
      id: event._id,
      user: canonicalOf.get(event.userId) ?? event.userId,
      at: event.timestamp.getTime(),
      type: event.eventType,
      stored: event,
    }))
    .sort((a, b) => a.at - b.at || byCodePoint(a.id, b.id));
  const eventsOf = groupBy(events, (event) => event.user);
  const sessions = [...eventsOf].flatMap(([user, own]) => sessionsOf(user, own, gapMs));
  const sessionOf = new Map(
    sessions.flatMap((session) => session.events.map((event) => [event, session] as const)),
  );
  return {
    events,
    eventsOf,
    sessions,
    sessionOf,
    profiles: new Map(stored.users.map((user) => [user._id, user])),
    identities: stored.identities,
    roles,
    gapMs,
    newest: events[events.length - 1]?.at,
  };
}

/** The earlier of now and the newest stored timestamp; undefined without events. */
export function dataThroughOf(world: World, now: number): number | undefined {
  return world.newest === undefined ? undefined : Math.min(now, world.newest);
}
