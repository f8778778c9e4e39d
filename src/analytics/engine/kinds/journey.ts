import type { JourneyData } from '../../../shared/reports/result';
import { createAxis } from '../../../shared/time/axis';
import { storedIdForms } from '../../filters/conditions';
import { compareCodePoints } from '../../kernels/numbers';
import { sessionName, type SessionFigures } from '../../kernels/sessions/split';
import { selectEvents } from '../../mapping/selection';
import { countByPoint, type CountRow } from '../../pipeline/trend';
import { compileReport, type CompiledReport, type KindAnswer, type RunContext } from '../context';
import { readCursor, writeCursor } from '../cursor';
import { EVENTS_CURSOR, readSession, type EventPlace } from '../journey/sessionEvents';
import { gatherSessions } from '../sessions';
import { emptyProfile, loadProfiles } from '../users/profiles';

type Position = readonly [start: number, name: string];

/** Newest first; sessions that start at the same instant by name. */
function compareSessions(a: Position, b: Position): number {
  return b[0] - a[0] || compareCodePoints(a[1], b[1]);
}

const positionOf = (session: SessionFigures): Position => [session.start, sessionName(session)];

function sumTotals(sessions: readonly SessionFigures[]): JourneyData['totals'] {
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

async function readTrend(
  context: RunContext<'journey'>,
  { filters }: CompiledReport,
  userId: string,
): Promise<JourneyData['trend']> {
  const { run, mapping, range, identities } = context;
  const axis = createAxis(range, 'day', context.dataThrough);
  const counts = new Array<number>(axis.starts.length).fill(0);
  if (filters.acceptsUser(userId)) {
    const owner = {
      [mapping.events.fields.userId]: { $in: identities.allIdsOf(userId).flatMap(storedIdForms) },
    };
    const stages = selectEvents(mapping, {
      from: range.from,
      to: range.to,
      matches: [owner, filters.events.match].filter((match) => Object.keys(match).length > 0),
      lookups: filters.events.lookups,
    });
    const pipeline = countByPoint({ mapping, axis, stages, value: null }, { user: false });
    for await (const batch of run.aggregateEvents<CountRow>(pipeline, { purpose: 'events by day' })) {
      for (const { _id, n } of batch) counts[_id.p] = n;
    }
  }
  return axis.starts.map((start, point) => ({
    at: new Date(start).toISOString(),
    events: counts[point] ?? 0,
  }));
}

/** What an `after` asks for: the sessions after one, or the further events of one session. */
function readPage(
  context: RunContext<'journey'>,
  sessions: readonly SessionFigures[],
): { readonly page: SessionFigures[]; readonly hasMore: boolean; readonly from: EventPlace | null } {
  const { after, limit } = context.report;
  if (after === undefined) {
    return { page: sessions.slice(0, limit), hasMore: sessions.length > limit, from: null };
  }
  const [first, ...rest] = readCursor(after);
  if (first === EVENTS_CURSOR) {
    const [start, sessionId, at, id] = rest;
    const page = sessions.filter((session) => session.start === start && session.sessionId === sessionId);
    return { page, hasMore: false, from: { at: Number(at), id: String(id) } };
  }
  const place: Position = [Number(first), String(rest[0])];
  const later = sessions.filter((session) => compareSessions(positionOf(session), place) > 0);
  return { page: later.slice(0, limit), hasMore: later.length > limit, from: null };
}

/** Runs one person's journey: profile, totals, sessions newest first with their events, and activity by day. */
export async function runJourney(context: RunContext<'journey'>): Promise<KindAnswer<'journey'>> {
  const { report, identities, range } = context;
  context.onProgress({ phase: 'journey' });
  const compiled = await compileReport(context, range);
  const userId = identities.canonicalOf(report.userId);
  const [profiles, gathered, trend] = await Promise.all([
    loadProfiles(context, [userId], true),
    gatherSessions(context, { range, compiled, users: [userId], withDetails: true }),
    readTrend(context, compiled, userId),
  ]);
  const sessions = gathered.sort((a, b) => compareSessions(positionOf(a), positionOf(b)));
  const { page, hasMore, from } = readPage(context, sessions);
  const shown: JourneyData['sessions'] = [];
  for (const session of page) shown.push(await readSession(context, compiled, session, from));
  const last = page[page.length - 1];
  const { traits, ...profile } = profiles.get(userId) ?? emptyProfile(userId);
  const data: JourneyData = {
    user: { ...profile, aliases: [...identities.aliasesOf(userId)].sort(compareCodePoints), traits },
    totals: sumTotals(sessions),
    sessions: shown,
    trend,
    next: hasMore && last ? writeCursor([...positionOf(last)]) : null,
  };
  return { data };
}
