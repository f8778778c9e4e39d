import { BSON, type Document } from 'mongodb';
import type { JourneyData } from '../../../shared/reports/result';
import { storedIdForms } from '../../filters/conditions';
import { sessionName, type SessionFigures } from '../../kernels/sessions/split';
import { selectEvents, timeMatch } from '../../mapping/selection';
import { plainValue, valueText } from '../../mapping/storedText';
import { journeyLookups, listSessionEvents, type JourneyRow } from '../../pipeline/journey';
import type { CompiledReport, RunContext } from '../context';
import { writeCursor } from '../cursor';

export type JourneySession = JourneyData['sessions'][number];
type JourneyEvent = JourneySession['events'][number];

/** Events of a session on one page. */
export const MAX_SESSION_EVENTS = 1_000;
const CHUNK = 2_000;

/** Where the next events of a session begin: after this instant and stored id. */
export interface EventPlace {
  readonly at: number;
  /** The stored id as Extended JSON. */
  readonly id: string;
}

/** Marks an `after` that continues a session, apart from one that continues the list of sessions. */
export const EVENTS_CURSOR = 'events';

function ownedBy(context: RunContext<'journey'>, session: SessionFigures): Document[] {
  const { mapping, identities } = context;
  const { userId, sessionId } = mapping.events.fields;
  const users = { [userId]: { $in: identities.allIdsOf(session.userId).flatMap(storedIdForms) } };
  if (sessionId === undefined) return [users];
  return [
    users,
    { [sessionId]: session.sessionId === null ? null : { $in: storedIdForms(session.sessionId) } },
  ];
}

async function* streamRows(
  context: RunContext<'journey'>,
  compiled: CompiledReport,
  session: SessionFigures,
  from: EventPlace | null,
): AsyncGenerator<JourneyRow> {
  const { run, mapping } = context;
  const { fields } = mapping.events;
  const owned = ownedBy(context, session);
  let place = from;
  for (;;) {
    const start = place?.at ?? session.start;
    const isAfter: Document[] =
      place === null
        ? []
        : [
            {
              $nor: [
                {
                  $and: [
                    timeMatch(fields.timestamp, place.at, place.at + 1),
                    { [fields.id]: { $lte: BSON.EJSON.parse(place.id) as unknown } },
                  ],
                },
              ],
            },
          ];
    const stages = selectEvents(mapping, {
      from: start,
      to: session.end + 1,
      matches: [...owned, ...isAfter],
      lookups: [...compiled.filters.events.lookups, ...journeyLookups(mapping)],
    });
    let count = 0;
    let last: JourneyRow | undefined;
    const pipeline = listSessionEvents(mapping, stages, {
      matches: compiled.filters.events.expr,
      limit: CHUNK,
    });
    for await (const batch of run.aggregateEvents<JourneyRow & Document>(pipeline, {
      purpose: 'events of a session',
    })) {
      for (const row of batch) {
        count += 1;
        last = row;
        yield row;
      }
    }
    if (count < CHUNK || !last) return;
    place = { at: Number(last.at), id: BSON.EJSON.stringify(last.id, { relaxed: false }) };
  }
}

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
 * A session with its matching events: at most 1,000 from a place on, and where the next ones begin.
 * A page view's time is its own duration, else the time to the session's next event.
 */
export async function readSession(
  context: RunContext<'journey'>,
  compiled: CompiledReport,
  session: SessionFigures,
  from: EventPlace | null,
): Promise<JourneySession> {
  const pageViews = new Set(context.mapping.roles.pageViews);
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
  for await (const stored of streamRows(context, compiled, session, from)) {
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
      BSON.EJSON.stringify(lastTaken.id, { relaxed: false }),
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
