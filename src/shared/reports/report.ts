import { z } from 'zod';
import { strictObject } from '../strictObject';
import { rangeSchema } from '../time/range';
import { eventSchema, fieldSchema, filtersSchema } from './filters';
import { parseWith } from './parse';

const title = z.string().max(300).default('');
const base = { version: z.literal(1), title, range: rangeSchema, filters: filtersSchema };

const instant = z.iso.datetime({
  offset: true,
  error: 'allowed is an instant like 2026-01-31T00:00:00.000Z',
});
const positive = z.number().int().min(1);

export const TREND_INTERVALS = ['day', 'hour', 'week', 'month', 'hourOfWeek'] as const;
export const trendIntervalSchema = z.enum(TREND_INTERVALS).default('day');
export const COMPARES = ['none', 'previous', 'previousSameWeekday'] as const;
const compare = z.enum(COMPARES).default('none');
const limit = z.number().int().min(1).max(1_000).default(10);

/** KPIs that are a number of users and so open a list, and the rest. */
export const KPI_NAMES = [
  'users',
  'newUsers',
  'sessions',
  'events',
  'pageViews',
  'purchases',
  'bounceRate',
  'meanSessionSeconds',
  'medianSessionSeconds',
  'stickiness',
] as const;
export type KpiName = (typeof KPI_NAMES)[number];

export const kpisReportSchema = strictObject({
  ...base,
  kind: z.literal('kpis'),
  compare,
  users: strictObject({ kpi: z.enum(KPI_NAMES) }).optional(),
});

export const measureSchema = z
  .union([
    z.enum(['events', 'users', 'sessions']),
    strictObject({ aggregate: z.enum(['sum', 'mean', 'median', 'p90']), field: fieldSchema }),
  ])
  .default('events');
export type Measure = z.infer<typeof measureSchema>;

export const trendReportSchema = strictObject({
  ...base,
  kind: z.literal('trend'),
  measure: measureSchema,
  event: eventSchema.default('*'),
  interval: trendIntervalSchema,
  breakdown: fieldSchema.optional(),
  limit,
  compare,
  users: strictObject({ at: instant, series: z.string().optional() }).optional(),
});

const exclusionSchema = strictObject({ event: eventSchema, afterStep: positive, beforeStep: positive });

export const funnelReportSchema = strictObject({
  ...base,
  kind: z.literal('funnel'),
  steps: z.array(eventSchema).min(2, 'a funnel has 2 to 20 steps').max(20, 'a funnel has 2 to 20 steps'),
  order: z.enum(['ordered', 'strict', 'any']).default('ordered'),
  windowSeconds: z.number().positive().max(315_360_000, 'at most ten years (315360000)').default(604_800),
  windowPerStep: z.boolean().default(false),
  entry: z.enum(['best', 'first']).default('best'),
  stepsWithinRange: z.boolean().default(false),
  exclusions: z.array(exclusionSchema).max(20).default([]),
  exclusionRule: z.enum(['stop', 'void']).default('stop'),
  countBy: z.enum(['users', 'sessions']).default('users'),
  breakdown: fieldSchema.optional(),
  attribution: z
    .string()
    .regex(/^(first|last|step:[1-9]\d?)$/, 'allowed are "first", "last" and "step:N"')
    .default('first'),
  limit,
  interval: trendIntervalSchema,
  users: strictObject({
    step: positive,
    outcome: z.enum(['reached', 'dropped', 'undecided', 'converted']).default('reached'),
    value: z.string().optional(),
  }).optional(),
}).superRefine((report, context) => {
  const refuse = (path: PropertyKey[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  const steps = report.steps.length;
  report.exclusions.forEach((exclusion, index) => {
    if (exclusion.afterStep >= steps) {
      refuse(['exclusions', index, 'afterStep'], `allowed is a step from 1 to ${steps - 1}`);
    }
    if (exclusion.beforeStep > steps || exclusion.beforeStep <= exclusion.afterStep) {
      refuse(['exclusions', index, 'beforeStep'], `allowed is a step after "afterStep", up to ${steps}`);
    }
  });
  const step = /^step:(\d+)$/.exec(report.attribution)?.[1];
  if (step !== undefined && Number(step) > steps)
    refuse(['attribution'], `allowed is a step from 1 to ${steps}`);
  if (report.order === 'any' && report.attribution !== 'first') {
    refuse(['attribution'], 'with order "any" the breakdown is by the opening event: allowed is "first"');
  }
  if (report.order === 'any' && report.windowPerStep) {
    refuse(['windowPerStep'], 'with order "any" there are no consecutive steps: allowed is false');
  }
  if (report.users) {
    if (report.users.step > steps) refuse(['users', 'step'], `allowed is a step from 1 to ${steps}`);
    if (report.users.step < 2 && ['dropped', 'undecided'].includes(report.users.outcome)) {
      refuse(['users', 'step'], 'a drop lies before step 2 or a later one');
    }
    if (report.users.value !== undefined && report.breakdown === undefined) {
      refuse(['users', 'value'], 'a value needs a "breakdown"');
    }
  }
});

export const pathsReportSchema = strictObject({
  ...base,
  kind: z.literal('paths'),
  unit: z.enum(['session', 'user']).default('session'),
  by: z.enum(['event', 'page']).default('event'),
  start: eventSchema.optional(),
  end: eventSchema.optional(),
  hide: z.array(eventSchema).max(100).default([]),
  steps: z.number().int().min(2).max(20).default(5),
  collapseRepeats: z.boolean().default(true),
  topNodes: z.number().int().min(1).max(50).default(8),
  users: strictObject({ position: positive.max(20), from: z.string(), to: z.string().optional() }).optional(),
}).superRefine(({ steps, users }, context) => {
  if (!users) return;
  // A link begins a position before the last one.
  const last = users.to === undefined ? steps : steps - 1;
  if (users.position > last) {
    const message =
      users.to === undefined
        ? `allowed is a position from 1 to ${last}, the report's steps`
        : `with "to", allowed is a position from 1 to ${last}: the last link begins there`;
    context.addIssue({ code: 'custom', path: ['users', 'position'], message });
  }
});

export const retentionReportSchema = strictObject({
  ...base,
  kind: z.literal('retention'),
  start: eventSchema,
  return: eventSchema.default('*'),
  cohort: z.enum(['firstTime', 'recurring']).default('firstTime'),
  interval: z.enum(['day', 'week', 'month']).default('day'),
  periods: z.number().int().min(1).max(366).default(8),
  rule: z.enum(['on', 'onOrAfter']).default('on'),
  rolling: z.boolean().default(false),
  users: strictObject({ cohort: instant, period: z.number().int().min(0).max(366) }).optional(),
});

const SORT_KEYS = ['lastActive', 'events', 'sessions', 'name', 'createdAt'] as const;
export const USER_SORTS = [
  '-lastActive',
  'lastActive',
  ...SORT_KEYS.slice(1).flatMap((key) => [key, `-${key}`] as const),
] as const;

export const usersReportSchema = strictObject({
  ...base,
  kind: z.literal('users'),
  search: z.string().max(200).optional(),
  sort: z.enum(USER_SORTS).default('-lastActive'),
  limit: z.number().int().min(1).max(1_000).default(50),
  after: z.string().max(4_000).optional(),
});

export const journeyReportSchema = strictObject({
  ...base,
  kind: z.literal('journey'),
  userId: z.string().min(1).max(1_000),
  limit: z.number().int().min(1).max(200).default(20),
  after: z.string().max(4_000).optional(),
});

/** A report as written in `*.report.json`, with every default filled in. */
export const reportSchema = z.discriminatedUnion(
  'kind',
  [
    kpisReportSchema,
    trendReportSchema,
    funnelReportSchema,
    pathsReportSchema,
    retentionReportSchema,
    usersReportSchema,
    journeyReportSchema,
  ],
  {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? 'allowed: "kpis", "trend", "funnel", "paths", "retention", "users", "journey"'
        : undefined,
  },
);
export type Report = z.infer<typeof reportSchema>;
export type ReportInput = z.input<typeof reportSchema>;
export type ReportKind = Report['kind'];
export type ReportOf<K extends ReportKind> = Extract<Report, { kind: K }>;

/** Far deeper than a report's filters may lie; what is deeper is refused when it is parsed. */
const MAX_FILLED_DEPTH = 60;

/** Gives every range of a `did` or `didNot` the report's time zone and week start where it names none. */
function fillRanges(node: unknown, outer: object, depth = 0): unknown {
  if (node === null || typeof node !== 'object' || depth > MAX_FILLED_DEPTH) return node;
  if (Array.isArray(node)) return node.map((element) => fillRanges(element, outer, depth + 1));
  return Object.fromEntries(
    Object.entries(node).map(([key, value]: [string, unknown]) => {
      const isRange = key === 'range' && ('did' in node || 'didNot' in node);
      if (isRange && value !== null && typeof value === 'object' && !Array.isArray(value)) {
        return [key, { ...outer, ...value }];
      }
      return [key, fillRanges(value, outer, depth + 1)];
    }),
  );
}

/** A report's input with the ranges within it made complete. */
function withCompleteRanges(input: unknown): unknown {
  if (input === null || typeof input !== 'object' || !('range' in input)) return input;
  const { range } = input;
  if (range === null || typeof range !== 'object') return input;
  const outer = Object.fromEntries(
    Object.entries(range).filter(([key]) => key === 'timezone' || key === 'weekStart'),
  );
  return Object.keys(outer).length === 0 ? input : fillRanges(input, outer);
}

/**
 * Parses a report file's content. A range within a filter takes the report's time zone and week start unless
 * it names its own.
 * @throws WaymarkError `badReport` with the path of the offending key and what is allowed there
 */
export function parseReport(input: unknown): Report {
  return parseWith(reportSchema, withCompleteRanges(input), 'badReport', 'The report') as Report;
}
