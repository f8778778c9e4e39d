import type { ReportEvent } from '../../shared/reports/filters';
import type { ReportOf } from '../../shared/reports/report';
import type { ResolvedRange } from '../../shared/time/range';
import {
  compileEvent,
  type CompiledFilters,
  type EventPredicate,
  type PredicateContext,
} from '../filters/predicates';
import { ENDS, HIDDEN, STARTS, type WalkPlan } from '../kernels/paths/walk';
import { accessEventField } from '../mapping/fields';
import { classifyEvents, type EventClasses } from './eventClasses';
import { sessionIdMatches } from './sessionIdMatch';
import type { RowSpec } from './unitRows';

type PathsReport = ReportOf<'paths'>;

/** One gathering of a paths report, and what its classes mean to a path. */
export interface PathsRows {
  readonly rows: RowSpec;
  /** HIDDEN, STARTS, ENDS bits of a class. */
  readonly markOf: (eventClass: number) => number;
}

export interface PathsGather {
  readonly plan: WalkPlan;
  /** By user, or by stored session; undefined when there are no stored sessions. */
  readonly units: PathsRows | undefined;
  /** By session only: all events without a session id, by user; `isSelected` tells which match the filters. */
  readonly derived: (PathsRows & { readonly isSelected: (eventClass: number) => boolean }) | undefined;
}

export function planWalk(report: PathsReport): WalkPlan {
  const { steps, collapseRepeats, start, end } = report;
  return { steps, collapseRepeats, hasStart: start !== undefined, hasEnd: end !== undefined };
}

/** What the report's start, end and hidden events are to a path, in the order in which they are classified. */
function markedEvents(report: PathsReport): { events: ReportEvent[]; marks: number[] } {
  const { start, end, hide } = report;
  const marked = [
    ...(start === undefined ? [] : [{ event: start, mark: STARTS }]),
    ...(end === undefined ? [] : [{ event: end, mark: ENDS }]),
    ...hide.map((event) => ({ event, mark: HIDDEN })),
  ];
  return { events: marked.map(({ event }) => event), marks: marked.map(({ mark }) => mark) };
}

/** Remembers the bits of each class that occurs. */
function marksByClass(classes: EventClasses, marks: readonly number[]): (eventClass: number) => number {
  const known = new Map<number, number>();
  return (eventClass) => {
    let bits = known.get(eventClass);
    if (bits === undefined) {
      bits = marks.reduce((all, mark, place) => (classes.matches(eventClass, place) ? all | mark : all), 0);
      known.set(eventClass, bits);
    }
    return bits;
  };
}

/**
 * Builds what a paths report gathers: the same for its figures and for the list behind a node or link.
 * @param to end (ms, exclusive) of the events of stored sessions, which may go on after the range
 */
export function buildPaths(
  report: PathsReport,
  range: ResolvedRange,
  to: number,
  context: PredicateContext,
  filters: CompiledFilters,
): PathsGather {
  const plan = planWalk(report);
  const { mapping } = context;
  const { events, marks } = markedEvents(report);
  const compiled = joinHidden(
    events.map((event) => compileEvent(event, context)),
    marks,
  );
  const name = accessEventField(mapping, report.by === 'event' ? 'eventType' : 'page.path');
  const classes = classifyEvents(compiled.events, context, true);
  const { inSession, inNone } = sessionIdMatches(mapping);
  const bySession = report.unit === 'session';
  const rows: RowSpec = {
    mapping,
    from: range.from,
    to: bySession ? to : range.to,
    origin: range.from,
    matches: [filters.events.match, ...filters.usersMatch, ...(bySession && inSession ? [inSession] : [])],
    lookups: [...filters.events.lookups, ...(name.lookup ? [name.lookup] : [])],
    classes,
    value: name.expr,
    unit: bySession ? 'session' : 'user',
    isIdOrdered: true,
    everyEventHasUser: context.everyEventHasUser,
  };
  const markOf = marksByClass(classes, compiled.marks);
  if (!bySession) return { plan, units: { rows, markOf }, derived: undefined };
  const selection: EventPredicate = { ...filters.events, types: null, isTypeOnly: false };
  const withSelection = classifyEvents([...compiled.events, selection], context, true);
  return {
    plan,
    units: inSession ? { rows, markOf } : undefined,
    derived: {
      rows: {
        ...rows,
        from: undefined,
        to: undefined,
        matches: [inNone, ...filters.usersMatch],
        classes: withSelection,
        unit: 'user',
      },
      markOf: marksByClass(withSelection, compiled.marks),
      isSelected: (eventClass) => withSelection.matches(eventClass, compiled.events.length),
    },
  };
}

/** Hidden events with conditions as one, so that many of them need no more than one bit of a class. */
function joinHidden(
  events: readonly EventPredicate[],
  marks: readonly number[],
): { events: EventPredicate[]; marks: number[] } {
  const isJoined = (place: number): boolean => marks[place] === HIDDEN && events[place]?.isTypeOnly === false;
  const joined = events.filter((_, place) => isJoined(place));
  if (joined.length < 2) return { events: [...events], marks: [...marks] };
  const hidden: EventPredicate = {
    match: { $or: joined.map(({ match }) => match) },
    expr: { $or: joined.map(({ expr }) => expr) },
    lookups: joined.flatMap(({ lookups }) => lookups),
    types: null,
    isTypeOnly: false,
  };
  return {
    events: [...events.filter((_, place) => !isJoined(place)), hidden],
    marks: [...marks.filter((_, place) => !isJoined(place)), HIDDEN],
  };
}
