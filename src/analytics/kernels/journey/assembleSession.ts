import { BSON } from 'mongodb';
import type { JourneyData } from '../../../shared/reports/result';
import { writeCursor } from '../../engine/cursor';
import { plainValue, valueText } from '../../mapping/storedText';
import type { JourneyRow } from '../../pipeline/journey';
import { sessionName, type SessionFigures } from '../sessions/split';

export type JourneySession = JourneyData['sessions'][number];
type JourneyEvent = JourneySession['events'][number];

/** Events of a session on one page. */
export const MAX_SESSION_EVENTS = 1_000;

/** Where the next events of a session begin: after this instant and stored id. */
export interface EventPlace {
  readonly at: number;
  /** The stored id as Extended JSON. */
  readonly id: string;
}

/** Marks an `after` that continues a session, apart from one that continues the list of sessions. */
export const EVENTS_CURSOR = 'events';

/** A stored id as the text that a place in a session carries. */
export const placeId = (id: unknown): string => BSON.EJSON.stringify(id, { relaxed: false });

const textOf = (stored: unknown): string | undefined => valueText(stored) ?? undefined;

function pageOf(row: JourneyRow): JourneyEvent['page'] {
  const page = {
    url: textOf(row.url),
    path: textOf(row.path),
    title: textOf(row.title),
    referrer: textOf(row.referrer),
  };
  const known = Object.entries(page).filter(([, text]) => text !== undefined);
  return known.length === 0 ? null : Object.fromEntries(known);
}

function eventOf(row: JourneyRow, next: JourneyRow | undefined, isPageView: boolean): JourneyEvent {
  const own = typeof row.duration === 'number' && Number.isFinite(row.duration) ? row.duration : null;
  const untilNext = isPageView && next ? (next.at - row.at) / 1000 : null;
  const properties = plainValue(row.properties ?? {});
  return {
    id: valueText(row.id) ?? '',
    at: new Date(row.at).toISOString(),
    type: valueText(row.type) ?? '',
    page: pageOf(row),
    durationSec: own ?? untilNext,
    properties:
      properties !== null && typeof properties === 'object' && !Array.isArray(properties)
        ? (properties as Record<string, unknown>)
        : {},
  };
}

const ORIGIN_FIELDS = ['device', 'browser', 'os', 'country'] as const;

/**
 * A session with its matching events: at most 1,000, and where the next ones begin.
 * A page view's time is its own duration, else the time to the session's next event.
 * @param rows all events of the session in order of (time, id), from the place on that the page starts at
 */
export async function assembleSession(
  session: SessionFigures,
  rows: AsyncIterable<JourneyRow> | Iterable<JourneyRow>,
  pageViewTypes: readonly string[],
): Promise<JourneySession> {
  const pageViews = new Set(pageViewTypes);
  const origin: Record<(typeof ORIGIN_FIELDS)[number], string | null> = {
    device: null,
    browser: null,
    os: null,
    country: null,
  };
  const events: JourneyEvent[] = [];
  let previous: JourneyRow | undefined;
  let lastTaken: JourneyRow | undefined;
  let nextEvent: string | undefined;
  const take = (row: JourneyRow, next: JourneyRow | undefined): void => {
    if (!row.matches) return;
    events.push(eventOf(row, next, pageViews.has(valueText(row.type) ?? '')));
    lastTaken = row;
  };
  for await (const stored of rows) {
    const row = { ...stored, at: Number(stored.at) };
    for (const field of ORIGIN_FIELDS) origin[field] ??= valueText(row[field]);
    if (previous) take(previous, row);
    previous = row;
    if (events.length < MAX_SESSION_EVENTS || !row.matches || !lastTaken) continue;
    nextEvent = writeCursor([
      EVENTS_CURSOR,
      session.start,
      session.sessionId,
      lastTaken.at,
      placeId(lastTaken.id),
    ]);
    previous = undefined;
    break;
  }
  if (previous) take(previous, undefined);
  return {
    sessionId: sessionName(session),
    startedAt: new Date(session.start).toISOString(),
    endedAt: new Date(session.end).toISOString(),
    durationSeconds: (session.end - session.start) / 1000,
    ...origin,
    events,
    ...(nextEvent === undefined ? {} : { nextEvent }),
  };
}
