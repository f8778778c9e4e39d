import type { ReportOf } from '../../shared/reports/report';
import type { PathsData } from '../../shared/reports/result';
import { byCodePoint } from './codePoints';
import { isEvent } from './conditions';
import { ask, inRange, matchingEvents, matchingIn, sortList, type Asked } from './request';
import type { World, WorldEvent } from './world';

const OTHER = '(other)';
const DROP_OFF = '(drop-off)';

type Paths = ReportOf<'paths'>;

/** One unit's path: a name at each position it occupies (positions from 1). */
interface Walk {
  readonly user: string;
  readonly sessionId?: string;
  readonly names: ReadonlyMap<number, string>;
}

interface Unit {
  readonly user: string;
  readonly sessionId?: string;
  readonly events: readonly WorldEvent[];
}

function unitsOf(report: Paths, asked: Asked): Unit[] {
  if (report.unit === 'session') {
    return asked.world.sessions
      .filter((session) => inRange(asked, session.start))
      .map((session) => ({
        user: session.user,
        sessionId: session.id,
        events: matchingIn(session, asked),
      }));
  }
  const events = matchingEvents(asked).filter((event) => inRange(asked, event.at));
  return [...new Set(events.map((event) => event.user))].map((user) => ({
    user,
    events: events.filter((event) => event.user === user),
  }));
}

/** Filtered events → hide → anchor → collapse → cut, in this order; undefined when nothing is left. */
function walkOf(report: Paths, unit: Unit, asked: Asked): Walk | undefined {
  let events = unit.events.filter((event) => !report.hide.some((hidden) => isEvent(hidden, event, asked)));
  const { start, end } = report;
  if (start !== undefined) {
    const first = events.findIndex((event) => isEvent(start, event, asked));
    if (first < 0) return undefined;
    events = events.slice(first);
  }
  if (end !== undefined) {
    const last = events.findIndex(
      (event, index) => isEvent(end, event, asked) && (start === undefined || index > 0),
    );
    if (last < 0) return undefined;
    events = events.slice(0, last + 1);
  }
  let names = events.map((event) => {
    if (report.by === 'event') return event.type;
    return event.stored.page?.path ?? '(none)';
  });
  if (report.collapseRepeats) names = names.filter((name, index) => name !== names[index - 1]);
  if (names.length === 0) return undefined;
  const fromTheRight = end !== undefined && start === undefined;
  const kept = fromTheRight ? names.slice(-report.steps) : names.slice(0, report.steps);
  const offset = fromTheRight ? report.steps - kept.length : 0;
  const positions = new Map(kept.map((name, index) => [offset + index + 1, name]));
  if (end === undefined && kept.length < report.steps) positions.set(kept.length + 1, DROP_OFF);
  return {
    user: unit.user,
    ...(unit.sessionId === undefined ? {} : { sessionId: unit.sessionId }),
    names: positions,
  };
}

function tally(names: readonly string[]): [string, number][] {
  return [...new Set(names)].map((name) => [name, names.filter((own) => own === name).length]);
}

/** Keeps the most frequent names of each position; the rest is "(other)". */
function fold(report: Paths, walks: readonly Walk[]): Walk[] {
  const kept = Array.from({ length: report.steps + 1 }, (_, position) => {
    const names = walks.flatMap((walk) => walk.names.get(position) ?? []).filter((name) => name !== DROP_OFF);
    return tally(names)
      .sort((a, b) => b[1] - a[1] || byCodePoint(a[0], b[0]))
      .slice(0, report.topNodes)
      .map(([name]) => name);
  });
  return walks.map((walk) => ({
    ...walk,
    names: new Map(
      [...walk.names].map(([position, name]) => [
        position,
        name === DROP_OFF || kept[position]?.includes(name) ? name : OTHER,
      ]),
    ),
  }));
}

/** Which names follow each other, position by position. */
export function evaluatePaths(report: Paths, world: World, now: number): { data: PathsData } {
  const asked = ask(report, world, now);
  const walks = fold(
    report,
    unitsOf(report, asked).flatMap((unit) => walkOf(report, unit, asked) ?? []),
  );
  const positions = Array.from({ length: report.steps }, (_, index) => index + 1);
  const data: PathsData = {
    unit: report.unit,
    units: walks.length,
    nodes: positions.flatMap((position) =>
      tally(walks.flatMap((walk) => walk.names.get(position) ?? [])).map(([name, count]) => ({
        position,
        name,
        count,
      })),
    ),
    links: positions.flatMap((position) =>
      tally(
        walks.flatMap((walk) => {
          const [from, to] = [walk.names.get(position), walk.names.get(position + 1)];
          return from === undefined || to === undefined ? [] : JSON.stringify([from, to]);
        }),
      ).map(([pair, count]) => {
        const [from, to] = JSON.parse(pair) as [string, string];
        return { position, from, to, count };
      }),
    ),
  };
  if (report.users === undefined) return { data };
  const { position, from, to } = report.users;
  const behind = walks.filter(
    (walk) => walk.names.get(position) === from && (to === undefined || walk.names.get(position + 1) === to),
  );
  const users = sortList(
    behind.map((walk) => ({
      userId: walk.user,
      ...(walk.sessionId === undefined ? {} : { sessionId: walk.sessionId }),
    })),
  );
  return { data: { ...data, users } };
}
