import { emptySession, type SessionFigures } from '../../kernels/sessions/split';
import type { EventDetails } from './details';

/** What an event is to a report. */
export interface EventMarks {
  readonly matches: boolean;
  readonly isPageView: boolean;
  readonly isPurchase: boolean;
}

export interface PersonSession {
  readonly figures: SessionFigures;
  readonly events: EventDetails[];
}

function count(figures: SessionFigures, at: number, marks: EventMarks): void {
  figures.end = at;
  figures.events += 1;
  if (marks.isPageView) figures.pageViews += 1;
  if (!marks.matches) return;
  figures.matched += 1;
  if (marks.isPageView) figures.matchedPageViews += 1;
  if (marks.isPurchase) figures.matchedPurchases += 1;
  figures.firstMatch = Math.min(figures.firstMatch, at);
  figures.lastMatch = at;
}

/**
 * One person's sessions: a sent id makes one, events without one are cut where more than `gapMs` lie between two of
 * them.
 * @param events in order of time
 */
export function splitSessions(
  userId: string,
  events: readonly EventDetails[],
  gapMs: number,
  marksOf: (event: EventDetails) => EventMarks,
): PersonSession[] {
  const sessions: PersonSession[] = [];
  const sent = new Map<string, PersonSession>();
  let derived: PersonSession | undefined;
  const open = (sessionId: string | null, at: number): PersonSession => {
    const session = { figures: emptySession(userId, sessionId, at), events: [] };
    sessions.push(session);
    return session;
  };
  for (const event of events) {
    let session = event.session === null ? derived : sent.get(event.session);
    if (session && event.session === null && event.at - session.figures.end > gapMs) session = undefined;
    session ??= open(event.session, event.at);
    if (event.session === null) derived = session;
    else sent.set(event.session, session);
    session.events.push(event);
    count(session.figures, event.at, marksOf(event));
  }
  return sessions;
}
