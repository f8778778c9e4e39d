import type { ReportOf } from '../../shared/reports/report';
import type { JourneyData } from '../../shared/reports/result';
import { byCodePoint } from './codePoints';
import { slotsOf } from './buckets';
import { ask, inRange, matchingEvents, matchingIn } from './request';
import type { World, WorldEvent } from './world';

/** What is stored as the time on the page, or the time to the next event of the session; null when unknown. */
function durationOf(event: WorldEvent, world: World): number | null {
  const given = event.stored.durationSec;
  if (typeof given === 'number') return given;
  if (!world.roles.pageViews.includes(event.type)) return null;
  const session = world.sessionOf.get(event)?.events ?? [];
  const next = session[session.indexOf(event) + 1];
  return next ? (next.at - event.at) / 1000 : null;
}

/** What is known of an event's page; null when nothing is. */
function pageOf(event: WorldEvent): JourneyData['sessions'][number]['events'][number]['page'] {
  const known = Object.entries(event.stored.page ?? {}).filter(([, value]) => (value as unknown) !== null);
  return known.length === 0 ? null : Object.fromEntries(known);
}

/** An object as it can be written in a file. */
function withDatesAsText(object: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(object)) as Record<string, unknown>;
}

/** One user's sessions, newest first, all of them. */
export function evaluateJourney(
  report: ReportOf<'journey'>,
  world: World,
  now: number,
): { data: JourneyData } {
  const asked = ask(report, world, now);
  const user = world.identities.find((edge) => edge._id === report.userId)?.canonicalId ?? report.userId;
  const profile = world.profiles.get(user);
  const sessions = world.sessions
    .filter((session) => session.user === user && inRange(asked, session.start))
    .map((session) => ({ session, events: matchingIn(session, asked) }))
    .filter(({ events }) => events.length > 0)
    .sort((a, b) => b.session.start - a.session.start || byCodePoint(a.session.id, b.session.id));
  const events = sessions.flatMap((one) => one.events);
  const inTheRange = matchingEvents(asked).filter((event) => event.user === user && inRange(asked, event.at));
  const instants = events.map((event) => event.at).sort((a, b) => a - b);
  const firstAt = instants[0];
  const lastAt = instants[instants.length - 1];
  const firstText = (
    event: readonly WorldEvent[],
    field: 'device' | 'browser' | 'os' | 'country',
  ): string | null => event.map((one) => one.stored[field]).find((value) => value != null) ?? null;
  return {
    data: {
      user: {
        userId: user,
        aliases: world.identities
          .filter((edge) => edge.canonicalId === user)
          .map((edge) => edge._id)
          .sort(byCodePoint),
        name: profile?.name ?? null,
        email: profile?.email ?? null,
        device: profile?.device ?? null,
        country: profile?.country ?? null,
        createdAt: profile?.createdAt.toISOString() ?? null,
        lastActiveAt: profile?.lastActiveAt.toISOString() ?? null,
        traits: withDatesAsText(profile?.traits ?? {}),
      },
      totals: {
        sessions: sessions.length,
        events: events.length,
        pageViews: events.filter((event) => world.roles.pageViews.includes(event.type)).length,
        purchases: events.filter((event) => world.roles.purchases.includes(event.type)).length,
        seconds: sessions.reduce((sum, { session }) => sum + (session.end - session.start), 0) / 1000,
        firstAt: firstAt === undefined ? null : new Date(firstAt).toISOString(),
        lastAt: lastAt === undefined ? null : new Date(lastAt).toISOString(),
      },
      sessions: sessions.map(({ session, events: own }) => ({
        sessionId: session.id,
        startedAt: new Date(session.start).toISOString(),
        endedAt: new Date(session.end).toISOString(),
        durationSeconds: (session.end - session.start) / 1000,
        device: firstText(session.events, 'device'),
        browser: firstText(session.events, 'browser'),
        os: firstText(session.events, 'os'),
        country: firstText(session.events, 'country'),
        events: own.map((event) => ({
          id: event.id,
          at: new Date(event.at).toISOString(),
          type: event.type,
          page: pageOf(event),
          durationSec: durationOf(event, world),
          properties: withDatesAsText(event.stored.properties),
        })),
      })),
      trend: slotsOf(asked.range, 'day', asked.dataThrough).map((slot) => ({
        at: new Date(slot.at).toISOString(),
        events: inTheRange.filter((event) => slot.holds(event.at)).length,
      })),
      next: null,
    },
  };
}
