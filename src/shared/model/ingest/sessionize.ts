import type { Page, StoredEvent, StoredSession } from '../event';

/** The pause after which a person's events without a session id begin a new session. */
export const DEFAULT_SESSION_GAP_MS = 30 * 60_000;

/** What a session's document is made of. */
export interface SessionEvent extends Pick<StoredEvent, '_id' | 'timestamp'> {
  readonly page?: Pick<Page, 'path' | 'url'> | undefined;
  readonly device?: string | undefined;
  readonly browser?: string | undefined;
  readonly os?: string | undefined;
  readonly country?: string | undefined;
  readonly ip?: string | undefined;
}

/** The document id of a session that the client named; one per person, since such ids collide between people. */
export const namedSessionId = (canonicalId: string, sessionId: string): string =>
  `${canonicalId}|${sessionId}`;

/** The document id of a session found by its gap: named by its person and first instant. */
export const gapSessionId = (canonicalId: string, startedAt: Date): string =>
  `${canonicalId}|~${startedAt.toISOString()}`;

/** The order of one person's events: by time, then by id in code units. */
export const compareEvents = (a: SessionEvent, b: SessionEvent): number =>
  a.timestamp.getTime() - b.timestamp.getTime() || (a._id < b._id ? -1 : a._id > b._id ? 1 : 0);

/**
 * Cuts one person's events that carry no session id into sessions: a pause of more than `gapMs` begins a new
 * one. `events` must be in the order of `compareEvents`.
 */
export function cutSessions(events: readonly SessionEvent[], gapMs: number): SessionEvent[][] {
  const sessions: SessionEvent[][] = [];
  let current: SessionEvent[] | undefined;
  let last = 0;
  for (const event of events) {
    const at = event.timestamp.getTime();
    if (!current || at - last > gapMs) sessions.push((current = []));
    current.push(event);
    last = at;
  }
  return sessions;
}

/** Folds the events of one session, in order, into its document; null without events. */
export function foldSession(
  id: string,
  canonicalId: string,
  events: readonly SessionEvent[],
): StoredSession | null {
  const [first] = events;
  if (!first) return null;
  const empty = { _id: id, userId: canonicalId, startedAt: first.timestamp, endedAt: first.timestamp };
  return extendSession({ ...empty, eventCount: 0 }, events);
}

/** The document of a session with more events, in order, all of which come after those it was folded from. */
export function extendSession(session: StoredSession, events: readonly SessionEvent[]): StoredSession {
  const last = events[events.length - 1];
  const endedAt = last?.timestamp ?? session.endedAt;
  const extended: StoredSession = { ...session, endedAt, eventCount: session.eventCount + events.length };
  const device = { ...session.device };
  for (const event of events) {
    const path = event.page?.path ?? event.page?.url;
    if (path !== undefined) {
      extended.entryPage ??= path;
      extended.exitPage = path;
    }
    if (event.device !== undefined) device.type ??= event.device;
    if (event.browser !== undefined) device.browser ??= event.browser;
    if (event.os !== undefined) device.os ??= event.os;
    if (event.country !== undefined) extended.country ??= event.country;
    if (event.ip !== undefined) extended.ip ??= event.ip;
  }
  if (Object.keys(device).length > 0) extended.device = device;
  return extended;
}
