import type { ReportOf } from '../../../shared/reports/report';
import type { JourneyData } from '../../../shared/reports/result';
import { readCursor, writeCursor } from '../../engine/cursor';
import { compareCodePoints } from '../numbers';
import { sessionName, type SessionFigures } from '../sessions/split';
import { EVENTS_CURSOR, type EventPlace } from './assembleSession';

type Position = readonly [start: number, name: string];

const positionOf = (session: SessionFigures): Position => [session.start, sessionName(session)];

function comparePositions(a: Position, b: Position): number {
  return b[0] - a[0] || compareCodePoints(a[1], b[1]);
}

/** Newest first; sessions that start at the same instant by name. */
export function compareSessions(a: SessionFigures, b: SessionFigures): number {
  return comparePositions(positionOf(a), positionOf(b));
}

/** What a person did in the sessions of a journey; seconds are the sessions' whole lengths. */
export function sumTotals(sessions: readonly SessionFigures[]): JourneyData['totals'] {
  const sum = (pick: (session: SessionFigures) => number): number =>
    sessions.reduce((total, session) => total + pick(session), 0);
  const firstAt = sessions.reduce((first, session) => Math.min(first, session.firstMatch), Infinity);
  const lastAt = sessions.reduce((last, session) => Math.max(last, session.lastMatch), -Infinity);
  return {
    sessions: sessions.length,
    events: sum(({ matched }) => matched),
    pageViews: sum(({ matchedPageViews }) => matchedPageViews),
    purchases: sum(({ matchedPurchases }) => matchedPurchases),
    seconds: sum(({ start, end }) => end - start) / 1000,
    firstAt: firstAt === Infinity ? null : new Date(firstAt).toISOString(),
    lastAt: lastAt === -Infinity ? null : new Date(lastAt).toISOString(),
  };
}

/** One page of a journey's sessions. */
export interface SessionPage {
  readonly page: readonly SessionFigures[];
  /** Where the events of the one session on the page go on; null: from its beginning. */
  readonly from: EventPlace | null;
  /** Cursor of the next page. */
  readonly next: string | null;
}

/**
 * What a report's `after` asks for: the sessions after one, or the further events of one session.
 * @param sessions in the order of `compareSessions`
 * @throws WaymarkError `badReport` when `after` is no cursor
 */
export function pageOfSessions(
  { after, limit }: Pick<ReportOf<'journey'>, 'after' | 'limit'>,
  sessions: readonly SessionFigures[],
): SessionPage {
  let later = sessions;
  if (after !== undefined) {
    const [first, ...rest] = readCursor(after);
    if (first === EVENTS_CURSOR) {
      const [start, sessionId, at, id] = rest;
      const page = sessions.filter((session) => session.start === start && session.sessionId === sessionId);
      return { page, from: { at: Number(at), id: String(id) }, next: null };
    }
    const place: Position = [Number(first), String(rest[0])];
    later = sessions.filter((session) => comparePositions(positionOf(session), place) > 0);
  }
  const page = later.slice(0, limit);
  const last = page[page.length - 1];
  return { page, from: null, next: later.length > limit && last ? writeCursor([...positionOf(last)]) : null };
}
