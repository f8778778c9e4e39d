import type { Document } from 'mongodb';
import type { ReportOf } from '../../shared/reports/report';
import { createAxis } from '../../shared/time/axis';
import type { TimeAxis } from '../../shared/time/axisPoint';
import { addBuckets, bucketsBetween, type Bucket } from '../../shared/time/calendar';
import type { ResolvedRange } from '../../shared/time/range';
import {
  compileEvent,
  type CompiledFilters,
  type EventPredicate,
  type PredicateContext,
} from '../filters/predicates';
import type { RetentionPlan } from '../kernels/retention/retentionTally';
import { elapsedMsExpr, rawUserExpr, type Expression } from '../mapping/fields';
import { selectEvents } from '../mapping/selection';
import { pointExpr } from './axisExpr';
import { classifyEvents } from './eventClasses';
import type { RowSpec } from './unitRows';

type RetentionReport = ReportOf<'retention'>;

/** Bits of a bucket in which a user did something. */
export const START_BIT = 2;
export const RETURN_BIT = 1;
export const BUCKET_FACTOR = 4;

/** Places of the events among the classes of rolling rows. */
export const START_PLACE = 0;
export const RETURN_PLACE = 1;

export interface RetentionGather {
  readonly plan: RetentionPlan;
  /** Points are the plan's buckets. */
  readonly axis: TimeAxis;
  /** First starts of each user over the whole history: rows { _id, f, g? }. */
  readonly firstStarts: readonly Document[];
  /** The same of some users before the range, to strike merged users out: give every stored form of their ids. */
  readonly earlierStarts: (users: readonly unknown[]) => Document[];
  /** Buckets in which each user started or returned: rows { _id, b: [bucket · 4 + bits] }. */
  readonly buckets: readonly Document[];
  /** For rolling periods: the instants of starts and returns. */
  readonly instants: RowSpec;
}

/** The cohorts' buckets and `periods` further ones. */
export function planRetention(
  report: RetentionReport,
  range: ResolvedRange,
  dataThrough: number | null,
): RetentionPlan {
  const { interval, periods, rule, rolling } = report;
  const buckets: Bucket[] = bucketsBetween(range.calendar, interval, range.from, range.to);
  const cohortCount = buckets.length;
  for (let more = 0; more < periods; more += 1) {
    const { end } = buckets[buckets.length - 1] as Bucket;
    buckets.push({ start: end, end: addBuckets(range.calendar, interval, end, 1) });
  }
  const { from, to } = range;
  return {
    interval,
    periods,
    rule,
    rolling,
    buckets,
    cohortCount,
    from,
    to,
    dataThrough: dataThrough ?? -Infinity,
  };
}

/** Builds what a retention report gathers: the same for its cells and for the list of one. */
export function buildRetention(
  report: RetentionReport,
  range: ResolvedRange,
  dataThrough: number | null,
  context: PredicateContext,
  filters: CompiledFilters,
): RetentionGather {
  const plan = planRetention(report, range, dataThrough);
  const { mapping } = context;
  const start = compileEvent(report.start, context);
  const back = compileEvent(report.return, context);
  const isFirstTime = report.cohort === 'firstTime';
  const end = (plan.buckets[plan.buckets.length - 1] as Bucket).end;
  const axis = createAxis({ ...range, to: end }, report.interval, dataThrough);
  const lookups = [...start.lookups, ...back.lookups, ...filters.events.lookups];
  const user = rawUserExpr(mapping);
  const elapsed = elapsedMsExpr(mapping, range.from);
  // Whoever comes back on a day or any later one is looked for to the end of the data.
  const lastReturn = report.rule === 'onOrAfter' ? Infinity : report.rolling ? rollingEnd(plan) : end;
  const to = Math.max(range.to, Math.min(lastReturn, plan.dataThrough + 1));
  const isReturn: Expression = {
    $and: [back.expr, { $lte: [elapsed, finite(plan.dataThrough) - range.from] }],
  };
  const isStart: Expression = { $and: [start.expr, { $lt: [elapsed, range.to - range.from] }] };
  const events: readonly EventPredicate[] = isFirstTime ? [back] : [start, back];
  const flags: Expression = isFirstTime
    ? RETURN_BIT
    : { $add: [{ $cond: [isStart, START_BIT, 0] }, { $cond: [isReturn, RETURN_BIT, 0] }] };
  const bucketCode: Expression = {
    $add: [{ $multiply: [{ $toInt: pointExpr(mapping, axis) }, BUCKET_FACTOR] }, flags],
  };
  const oneOf: Document[] = isFirstTime
    ? [back.match]
    : [start.match, back.match].some((match) => Object.keys(match).length === 0)
      ? []
      : [{ $or: [start.match, back.match] }];
  const selects = (matches: readonly Document[]): Document[] => [
    filters.events.match,
    ...filters.usersMatch,
    ...matches,
  ];
  return {
    plan,
    axis,
    firstStarts: [
      ...selectEvents(mapping, { to: range.to, matches: [...filters.usersMatch, start.match], lookups }),
      {
        $group: {
          _id: user,
          f: { $min: elapsed },
          ...(filters.events.expr === true
            ? {}
            : { g: { $min: { $cond: [filters.events.expr, elapsed, null] } } }),
        },
      },
      { $match: { f: { $gte: 0 } } },
    ],
    earlierStarts: (users) => [
      ...selectEvents(mapping, {
        to: range.from,
        matches: [{ [mapping.events.fields.userId]: { $in: users } }, start.match],
        lookups,
      }),
      { $group: { _id: user } },
    ],
    buckets: [
      ...selectEvents(mapping, {
        from: range.from,
        to: isFirstTime ? Math.min(to, finite(plan.dataThrough) + 1) : to,
        matches: selects(oneOf),
        lookups,
      }),
      { $group: { _id: user, b: { $addToSet: bucketCode } } },
    ],
    instants: {
      mapping,
      from: range.from,
      to,
      origin: range.from,
      matches: selects(oneOf),
      lookups,
      classes: classifyEvents(isFirstTime ? [back, back] : events, context, false),
      value: undefined,
      unit: 'user',
      isIdOrdered: false,
    },
  };
}

/** The end of the last rolling period of the last possible start. */
function rollingEnd(plan: RetentionPlan): number {
  const length = { day: 1, week: 7, month: 30 }[plan.interval] * 86_400_000;
  return plan.to + (plan.periods + 1) * length;
}

/** An instant that can stand in a pipeline; before all time when there are no events. */
function finite(instant: number): number {
  return Number.isFinite(instant) ? instant : -8.64e15;
}
