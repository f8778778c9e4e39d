import type { ReportOf } from '../../shared/reports/report';
import type { ReportEvent } from '../../shared/reports/filters';
import type { ResolvedRange } from '../../shared/time/range';
import {
  compileEvent,
  type CompiledFilters,
  type EventPredicate,
  type PredicateContext,
} from '../filters/predicates';
import { sessionIdMatches } from './sessionIdMatch';
import { toWindowMs, type FunnelPlan } from '../kernels/funnel/plan';
import { accessEventField } from '../mapping/fields';
import { ClassMasks, classifyEvents } from './eventClasses';
import type { RowSpec } from './unitRows';

/** One gathering of a funnel, and how the classes of its events are read. */
export interface FunnelRows {
  readonly rows: RowSpec;
  /** Step bits of an event's class. */
  readonly steps: ClassMasks;
  /** Exclusion bits of an event's class; undefined without exclusions. */
  readonly exclusions: ClassMasks | undefined;
}

/** A funnel report, resolved: what the kernel needs and what is gathered for it. */
export interface FunnelGather {
  readonly plan: FunnelPlan;
  /** What the steps and exclusions ask of events, for choosing an index. */
  readonly event: Pick<EventPredicate, 'types' | 'isTypeOnly'>;
  /** By user, or by stored session; undefined when there are no stored sessions. */
  readonly units: FunnelRows | undefined;
  /** By session only: all events without a session id, by user; `isSelected` tells which match the filters. */
  readonly derived: (FunnelRows & { readonly isSelected: (eventClass: number) => boolean }) | undefined;
}

type FunnelReport = ReportOf<'funnel'>;

/** What the kernel is to do for a report. */
export function planFunnel(
  report: FunnelReport,
  range: ResolvedRange,
  dataThrough: number | null,
): FunnelPlan {
  return {
    stepCount: report.steps.length,
    order: report.order,
    windowMs: toWindowMs(report.windowSeconds),
    windowPerStep: report.windowPerStep,
    entry: report.entry,
    exclusions: report.exclusions.map(({ afterStep, beforeStep }) => ({ afterStep, beforeStep })),
    exclusionRule: report.exclusionRule,
    from: range.from,
    to: range.to,
    stepsWithinRange: report.stepsWithinRange,
    dataThrough: dataThrough ?? -Infinity,
  };
}

/**
 * The end (exclusive) of the events that can matter. A list of drops tells whether a step came too late,
 * however late, so it looks to the end of the data.
 */
function endOfReach(report: FunnelReport, plan: FunnelPlan): number | undefined {
  if (plan.stepsWithinRange) return plan.to;
  if (report.users) return undefined;
  const windows = plan.windowPerStep ? plan.stepCount - 1 : 1;
  return plan.to + windows * plan.windowMs;
}

/** Each different event once, and the place of each of the given ones among them. */
function distinct(events: readonly ReportEvent[]): { unique: ReportEvent[]; places: number[] } {
  const placeOf = new Map<string, number>();
  const unique: ReportEvent[] = [];
  const places = events.map((event) => {
    const key = JSON.stringify(event);
    const known = placeOf.get(key);
    if (known !== undefined) return known;
    placeOf.set(key, unique.length);
    unique.push(event);
    return unique.length - 1;
  });
  return { unique, places };
}

/** Builds what a funnel gathers: the same for its figures and for its lists. */
export function buildFunnel(
  report: FunnelReport,
  range: ResolvedRange,
  dataThrough: number | null,
  context: PredicateContext,
  filters: CompiledFilters,
): FunnelGather {
  const plan = planFunnel(report, range, dataThrough);
  const events = [...report.steps, ...report.exclusions.map(({ event }) => event)];
  const { unique, places } = distinct(events);
  const compiled = unique.map((event) => compileEvent(event, context));
  const field = report.breakdown?.startsWith('user.') === true ? undefined : report.breakdown;
  const access = field === undefined ? undefined : accessEventField(context.mapping, field);
  const bySession = report.countBy === 'sessions';
  const readWith = (rows: RowSpec): FunnelRows => ({
    rows,
    steps: new ClassMasks(rows.classes, places.slice(0, plan.stepCount)),
    exclusions:
      plan.exclusions.length === 0 ? undefined : new ClassMasks(rows.classes, places.slice(plan.stepCount)),
  });
  const { inSession, inNone } = sessionIdMatches(context.mapping);
  const rows: RowSpec = {
    mapping: context.mapping,
    from: range.from,
    to: endOfReach(report, plan),
    origin: range.from,
    matches: [filters.events.match, ...filters.usersMatch, ...(bySession && inSession ? [inSession] : [])],
    lookups: [...filters.events.lookups, ...(access?.lookup ? [access.lookup] : [])],
    classes: classifyEvents(compiled, context, report.order === 'strict'),
    value: access?.expr,
    unit: bySession ? 'session' : 'user',
    // Which of several events of one instant opens or fills a step shows only in a breakdown value.
    isIdOrdered: false,
    everyEventHasUser: context.everyEventHasUser,
  };
  const isAnyType = rows.classes.prefilter === undefined;
  const event = {
    types: isAnyType ? null : compiled.flatMap(({ types }) => types ?? []),
    isTypeOnly: compiled.every(({ isTypeOnly }) => isTypeOnly),
  };
  if (!bySession) return { plan, event, units: readWith(rows), derived: undefined };
  const selection: EventPredicate = { ...filters.events, types: null, isTypeOnly: false };
  const classes = classifyEvents([...compiled, selection], context, true);
  return {
    plan,
    event,
    units: inSession ? readWith(rows) : undefined,
    derived: {
      ...readWith({
        ...rows,
        from: undefined,
        to: undefined,
        matches: [inNone, ...filters.usersMatch],
        classes,
        unit: 'user',
      }),
      isSelected: (eventClass) => classes.matches(eventClass, compiled.length),
    },
  };
}
