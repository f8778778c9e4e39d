import { WaymarkError } from '../../shared/errors';
import type { ListedUser } from '../../shared/reports/result';
import type { Filter } from '../../shared/reports/filters';
import type { Report } from '../../shared/reports/report';
import { byCodePoint } from './codePoints';
import { passes, type Scope } from './conditions';
import { readRange, type ReferenceRange } from './localTime';
import { dataThroughOf, type World, type WorldEvent, type WorldSession } from './world';

/** What the evaluators of all kinds share: the scope, and up to when data is known. */
export interface Asked extends Scope {
  readonly filters: readonly Filter[];
  /** ms; undefined without events. */
  readonly dataThrough: number | undefined;
}

/** A report's range and filters in a world. `range` replaces the report's own (for a compared period). */
export function ask(report: Report, world: World, now: number, range?: ReferenceRange): Asked {
  return {
    world,
    now,
    range: range ?? readRange(report.range, now),
    filters: report.filters,
    dataThrough: dataThroughOf(world, now),
  };
}

export function inRange(asked: Asked, instant: number): boolean {
  return instant >= asked.range.from && instant < asked.range.to;
}

/** All events that match the report's filters, in order of (time, id). */
export function matchingEvents(asked: Asked): WorldEvent[] {
  return asked.world.events.filter((event) => passes(asked.filters, event, asked));
}

/** A session's events that match the filters. */
export function matchingIn(session: WorldSession, asked: Asked): WorldEvent[] {
  return session.events.filter((event) => passes(asked.filters, event, asked));
}

/** A list in its order: by user, then session. */
export function sortList(rows: readonly ListedUser[]): ListedUser[] {
  return [...rows].sort(
    (a, b) => byCodePoint(a.userId, b.userId) || byCodePoint(a.sessionId ?? '', b.sessionId ?? ''),
  );
}

/** One row for each different user. */
export function listUsers(users: Iterable<string>): ListedUser[] {
  return sortList([...new Set(users)].map((userId) => ({ userId })));
}

/** One row for each session. */
export function listSessions(sessions: readonly WorldSession[]): ListedUser[] {
  return sortList(sessions.map((session) => ({ userId: session.user, sessionId: session.id })));
}

/** Refuses a mark that does not exist. */
export function refuse(path: string, sentence: string): never {
  throw new WaymarkError('badReport', sentence, { path });
}
