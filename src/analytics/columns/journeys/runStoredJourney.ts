import type { Document } from 'mongodb';
import type { Mapping, TimeSource } from '../../../shared/model/mapping';
import type { ReportOf } from '../../../shared/reports/report';
import type { JourneyData } from '../../../shared/reports/result';
import { bucketIndex, bucketsBetween } from '../../../shared/time/calendar';
import type { ResolvedRange } from '../../../shared/time/range';
import type { IdentityMap } from '../../identity/identityMap';
import { assembleSession, placeId, type EventPlace } from '../../kernels/journey/assembleSession';
import { compareSessions, pageOfSessions, sumTotals } from '../../kernels/journey/sessions';
import { compareCodePoints } from '../../kernels/numbers';
import { valueAt } from '../../mapping/documents';
import { plainValue, valueText } from '../../mapping/storedText';
import type { JourneyRow } from '../../pipeline/journey';
import { userField } from '../scan/userField';
import type { EventDetails } from './details';
import { splitSessions, type EventMarks, type PersonSession } from './splitSessions';
import { passes, type Person } from './testEvent';

export interface StoredJourney {
  readonly report: ReportOf<'journey'>;
  readonly range: ResolvedRange;
  /** ms. */
  readonly now: number;
  readonly sessionGapMs: number;
  readonly mapping: Mapping;
  readonly identities: IdentityMap;
  /** The canonical user's document, when there is one. */
  readonly profile: Document | undefined;
  /** The person's events, in order of (time, id). */
  readonly events: readonly EventDetails[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** A stored instant as a date (a value of another kind as it is where dates are stored as such); null when unreadable. */
function readInstant(stored: unknown, as: TimeSource['as']): unknown {
  if (as === 'date') return stored;
  const at =
    as === 'iso'
      ? typeof stored === 'string'
        ? Date.parse(stored)
        : NaN
      : typeof stored === 'number'
        ? Math.floor(as === 'epochSec' ? stored * 1000 : stored)
        : NaN;
  return Number.isNaN(at) ? null : new Date(at);
}

function profileOf({ report, mapping, identities, profile }: StoredJourney): JourneyData['user'] {
  const userId = identities.canonicalOf(report.userId);
  const text = (field: string): string | null =>
    valueText(userField({ mapping }, userId, profile, field) ?? null);
  const instant = (field: 'createdAt' | 'lastActiveAt'): string | null => {
    const source = mapping.users?.fields[field];
    return source && profile ? valueText(readInstant(valueAt(profile, source.path), source.as)) : null;
  };
  const path = mapping.users?.fields.traits;
  const traits =
    path === undefined || !profile ? {} : plainValue(path === '.' ? profile : (valueAt(profile, path) ?? {}));
  return {
    userId,
    name: text('name'),
    email: text('email'),
    device: text('device'),
    country: text('country'),
    createdAt: instant('createdAt'),
    lastActiveAt: instant('lastActiveAt'),
    aliases: [...identities.aliasesOf(userId)].sort(compareCodePoints),
    traits: isRecord(traits) ? traits : {},
  };
}

function trendOf(
  { range, events }: StoredJourney,
  matches: (event: EventDetails) => boolean,
): JourneyData['trend'] {
  const buckets = bucketsBetween(range.calendar, 'day', range.from, range.to);
  const counts = new Array<number>(buckets.length).fill(0);
  for (const event of events) {
    if (event.at < range.from || event.at >= range.to || !matches(event)) continue;
    const index = bucketIndex(buckets, event.at);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return buckets.map(({ start }, index) => ({
    at: new Date(start).toISOString(),
    events: counts[index] ?? 0,
  }));
}

/** The events of a session after a place, marked by whether they match. */
function rowsOf(
  { events }: PersonSession,
  from: EventPlace | null,
  matches: (event: EventDetails) => boolean,
): JourneyRow[] {
  const place =
    from === null ? -1 : events.findIndex((event) => event.at === from.at && placeId(event.id) === from.id);
  return events.slice(place + 1).map((event) => ({ ...event, matches: matches(event) }));
}

/** One person's journey from the details of a store: as `runJourney` answers it from a database. */
export async function runStoredJourney(journey: StoredJourney): Promise<JourneyData> {
  const { report, range, now, mapping, identities, events } = journey;
  const userId = identities.canonicalOf(report.userId);
  const person: Person = { userId, profile: journey.profile, source: { mapping }, events, range, now };
  const matching = new Set(
    events.filter((event) => report.filters.every((filter) => passes(person, event, filter))),
  );
  const matches = (event: EventDetails): boolean => matching.has(event);
  const pageViews = new Set<unknown>(mapping.roles.pageViews);
  const purchases = new Set<unknown>(mapping.roles.purchases);
  const marksOf = (event: EventDetails): EventMarks => ({
    matches: matches(event),
    isPageView: pageViews.has(event.type),
    isPurchase: purchases.has(event.type),
  });
  const sessions = splitSessions(userId, events, journey.sessionGapMs, marksOf).filter(
    ({ figures }) => figures.matched > 0 && figures.start >= range.from && figures.start < range.to,
  );
  const eventsOf = new Map(sessions.map((session) => [session.figures, session]));
  const figures = [...eventsOf.keys()].sort(compareSessions);
  const { page, from, next } = pageOfSessions(report, figures);
  const shown: JourneyData['sessions'] = [];
  for (const session of page) {
    const rows = rowsOf(eventsOf.get(session) as PersonSession, from, matches);
    shown.push(await assembleSession(session, rows, mapping.roles.pageViews));
  }
  return {
    user: profileOf(journey),
    totals: sumTotals(figures),
    sessions: shown,
    trend: trendOf(journey, matches),
    next,
  };
}
