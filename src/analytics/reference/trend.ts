import type { ReportOf } from '../../shared/reports/report';
import type { ListedUser, TrendData } from '../../shared/reports/result';
import { countDistinct, exactSum, nearestRank, reported } from './amounts';
import { slotsOf, type Slot } from './buckets';
import { byCodePoint } from './codePoints';
import { groupText, isEvent, numbersIn } from './conditions';
import { readComparedRange } from './localTime';
import { ask, inRange, listSessions, listUsers, matchingEvents, refuse, type Asked } from './request';
import type { World, WorldEvent, WorldSession } from './world';

/** Something that is counted: it lies at an instant and holds values of the breakdown. */
interface Unit {
  readonly at: number;
  readonly user: string;
  readonly values: readonly string[];
  readonly event?: WorldEvent;
  readonly session?: WorldSession;
}

type Trend = ReportOf<'trend'>;

/** The time spent on a page view: given, or until the next event of its session. */
function secondsOnPage(event: WorldEvent, world: World): number[] {
  const given = numbersIn('durationSec', event, world);
  if (given.length > 0 || !world.roles.pageViews.includes(event.type)) return given;
  const session = world.sessionOf.get(event)?.events ?? [];
  const next = session[session.indexOf(event) + 1];
  return next ? [(next.at - event.at) / 1000] : [];
}

function unitsOf(report: Trend, asked: Asked): Unit[] {
  const events = matchingEvents(asked).filter((event) => isEvent(report.event, event, asked));
  const valueOf = (event: WorldEvent): string =>
    report.breakdown === undefined ? 'all' : groupText(report.breakdown, event, asked.world);
  if (report.measure !== 'sessions') {
    return events
      .filter((event) => inRange(asked, event.at))
      .map((event) => ({ at: event.at, user: event.user, values: [valueOf(event)], event }));
  }
  return asked.world.sessions
    .filter((session) => inRange(asked, session.start))
    .map((session) => ({ session, own: session.events.filter((event) => events.includes(event)) }))
    .filter(({ own }) => own.length > 0)
    .map(({ session, own }) => ({
      at: session.start,
      user: session.user,
      values: [...new Set(own.map(valueOf))],
      session,
    }));
}

/** What some units amount to under the report's measure. */
function measureOf(report: Trend, units: readonly Unit[], world: World): number | null {
  const { measure } = report;
  if (measure === 'events' || measure === 'sessions') return units.length;
  if (measure === 'users') return countDistinct(units.map((unit) => unit.user));
  const events = units.flatMap((unit) => unit.event ?? []);
  const timed = measure.field === 'durationSec';
  const values = events.flatMap((event) =>
    timed ? secondsOnPage(event, world) : numbersIn(measure.field, event, world),
  );
  if (values.length === 0) return null;
  if (measure.aggregate === 'median') return nearestRank(values, 0.5);
  if (measure.aggregate === 'p90') return nearestRank(values, 0.9);
  const divisor = measure.aggregate === 'mean' ? values.length : 1;
  if (timed) {
    const totalMs = values.reduce((sum, seconds) => sum + Math.floor(seconds * 1000 + 0.5), 0);
    return reported(totalMs / divisor / 1000);
  }
  return reported(exactSum(values) / divisor);
}

/** Values by their total over the range, biggest first, nothing last, equals by code point. */
function rankValues(report: Trend, units: readonly Unit[], world: World): string[] {
  const totals = [...new Set(units.flatMap((unit) => unit.values))].map((value) => ({
    value,
    total: measureOf(
      report,
      units.filter((unit) => unit.values.includes(value)),
      world,
    ),
  }));
  return totals
    .sort((a, b) => {
      if (a.total === null || b.total === null) {
        if (a.total !== b.total) return a.total === null ? 1 : -1;
      } else if (a.total !== b.total) return b.total - a.total;
      return byCodePoint(a.value, b.value);
    })
    .map(({ value }) => value);
}

interface Series {
  readonly key: string;
  readonly takes: (unit: Unit) => boolean;
}

function seriesOf(report: Trend, units: readonly Unit[], world: World): Series[] {
  if (report.breakdown === undefined) return [{ key: 'all', takes: () => true }];
  const ranked = rankValues(report, units, world);
  const kept = ranked.slice(0, report.limit);
  const series: Series[] = kept.map((key) => ({ key, takes: (unit) => unit.values.includes(key) }));
  if (ranked.length > kept.length) {
    series.push({ key: '(other)', takes: (unit) => unit.values.some((value) => !kept.includes(value)) });
  }
  return series;
}

function listOf(
  report: Trend,
  units: readonly Unit[],
  slots: readonly Slot[],
  series: Series[],
): ListedUser[] {
  if (report.users === undefined) return [];
  const { at, series: key } = report.users;
  const slot = slots.find((one) => one.at === Date.parse(at));
  if (slot === undefined) return refuse('users.at', 'no bucket begins there');
  const chosen = key === undefined ? undefined : series.find((one) => one.key === key);
  if (key !== undefined && chosen === undefined) return [];
  const behind = units.filter((unit) => slot.holds(unit.at) && (chosen === undefined || chosen.takes(unit)));
  if (report.measure === 'sessions') return listSessions(behind.flatMap((unit) => unit.session ?? []));
  return listUsers(behind.map((unit) => unit.user));
}

/** A measure over time, split by a field, beside the compared period. */
export function evaluateTrend(report: Trend, world: World, now: number): { data: TrendData } {
  const asked = ask(report, world, now);
  const units = unitsOf(report, asked);
  const slots = slotsOf(asked.range, report.interval, asked.dataThrough);
  const series = seriesOf(report, units, world);
  const compared =
    report.compare === 'none'
      ? undefined
      : ask(report, world, now, readComparedRange(asked.range, report.compare));
  const previousUnits = compared ? unitsOf(report, compared) : [];
  const previousSlots = compared ? slotsOf(compared.range, report.interval, asked.dataThrough) : [];
  const data: TrendData = {
    interval: report.interval,
    series: series.map(({ key, takes }) => {
      const own = units.filter(takes);
      const before = previousUnits.filter(takes);
      return {
        key,
        total: measureOf(report, own, world),
        points: slots.map((slot, index) => {
          const earlier = previousSlots[index];
          return {
            at: new Date(slot.at).toISOString(),
            value: measureOf(
              report,
              own.filter((unit) => slot.holds(unit.at)),
              world,
            ),
            complete: slot.complete,
            ...(compared === undefined
              ? {}
              : {
                  previous:
                    earlier === undefined
                      ? null
                      : measureOf(
                          report,
                          before.filter((unit) => earlier.holds(unit.at)),
                          world,
                        ),
                }),
          };
        }),
      };
    }),
  };
  return { data: report.users ? { ...data, users: listOf(report, units, slots, series) } : data };
}
