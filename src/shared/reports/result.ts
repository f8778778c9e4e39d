import { z } from 'zod';
import { TREND_INTERVALS } from './report';

/**
 * What a run answers. `at` is the ISO instant at which a bucket starts; rates are 0…1 or null; durations
 * are seconds. These names never change within version 1.
 */

const iso = z.string();
const count = z.number().int().nonnegative();
const maybe = z.number().nullable();

export const provenanceSchema = z.object({
  executor: z.enum(['columns', 'pipeline']),
  why: z.string().optional(),
  database: z.string(),
  timezone: z.string(),
  from: iso,
  to: iso,
  generatedAt: iso,
  /** The earlier of now and the newest stored timestamp; null when there are no events. */
  dataThrough: iso.nullable(),
  elapsedMs: z.number(),
  documentsExamined: z.number().nullable(),
  /** What was expected before the run: documents in reach and the index that narrows them. */
  estimate: z.object({ documents: z.number(), index: z.string().nullable() }).optional(),
});
export type Provenance = z.infer<typeof provenanceSchema>;

/** One user of the list behind a mark. */
export const listedUserSchema = z.object({
  userId: z.string(),
  sessionId: z.string().optional(),
  reachedStep: z.number().int().optional(),
  reason: z.enum(['noNextEvent', 'windowExceeded', 'exclusion', 'undecided']).optional(),
});
export type ListedUser = z.infer<typeof listedUserSchema>;
const listed = { users: z.array(listedUserSchema).optional() };

const kpiFigures = z.object({
  users: count,
  newUsers: count,
  sessions: count,
  events: count,
  pageViews: count,
  purchases: count,
  bounceRate: maybe,
  meanSessionSeconds: maybe,
  medianSessionSeconds: maybe,
  stickiness: maybe,
  activeDays: z.array(z.object({ days: count, users: count })),
});
export type KpiFigures = z.infer<typeof kpiFigures>;
export const kpisDataSchema = kpiFigures.extend({ previous: kpiFigures.optional() });
export type KpisData = z.infer<typeof kpisDataSchema>;

export const trendDataSchema = z.object({
  interval: z.enum(TREND_INTERVALS),
  series: z.array(
    z.object({
      key: z.string(),
      total: maybe,
      points: z.array(z.object({ at: iso, value: maybe, complete: z.boolean(), previous: maybe.optional() })),
    }),
  ),
  ...listed,
});
export type TrendData = z.infer<typeof trendDataSchema>;

const spread = z.object({ median: maybe, mean: maybe, p90: maybe });
export type Spread = z.infer<typeof spread>;
const funnelStep = z.object({
  label: z.string(),
  count,
  ofFirst: maybe,
  ofPrevious: maybe,
  dropped: count,
  undecided: count,
  secondsFromPrevious: spread,
  secondsFromFirst: spread,
});
export type FunnelStepResult = z.infer<typeof funnelStep>;
export const funnelDataSchema = z.object({
  steps: z.array(funnelStep),
  entrants: count,
  converted: count,
  timeToConvert: z.array(z.object({ fromSeconds: z.number(), toSeconds: z.number(), users: count })),
  breakdown: z.array(z.object({ value: z.string(), steps: z.array(funnelStep) })).optional(),
  trend: z.array(z.object({ at: iso, entrants: count, converted: count, complete: z.boolean() })),
  timeline: z.array(z.object({ at: iso, counts: z.array(count) })),
  ...listed,
});
export type FunnelData = z.infer<typeof funnelDataSchema>;

export const pathsDataSchema = z.object({
  unit: z.enum(['session', 'user']),
  units: count,
  nodes: z.array(z.object({ position: z.number().int(), name: z.string(), count })),
  links: z.array(z.object({ position: z.number().int(), from: z.string(), to: z.string(), count })),
  ...listed,
});
export type PathsData = z.infer<typeof pathsDataSchema>;

export const retentionDataSchema = z.object({
  interval: z.enum(['day', 'week', 'month']),
  cohorts: z.array(
    z.object({
      at: iso,
      size: count,
      cells: z.array(z.object({ period: count, users: count, complete: z.boolean() })),
    }),
  ),
  mean: z.array(maybe),
  ...listed,
});
export type RetentionData = z.infer<typeof retentionDataSchema>;

const profile = {
  userId: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  device: z.string().nullable(),
  country: z.string().nullable(),
  createdAt: iso.nullable(),
  lastActiveAt: iso.nullable(),
};
export const usersDataSchema = z.object({
  total: z.object({ count, exact: z.boolean() }),
  users: z.array(z.object({ ...profile, sessions: count, events: count, purchases: count })),
  next: z.string().nullable(),
});
export type UsersData = z.infer<typeof usersDataSchema>;

const pageSchema = z.object({
  url: z.string().optional(),
  path: z.string().optional(),
  title: z.string().optional(),
  referrer: z.string().optional(),
});
const journeyEvent = z.object({
  id: z.string(),
  at: iso,
  type: z.string(),
  page: pageSchema.nullable(),
  durationSec: maybe,
  properties: z.record(z.string(), z.unknown()),
});
export const journeyDataSchema = z.object({
  user: z.object({ ...profile, aliases: z.array(z.string()), traits: z.record(z.string(), z.unknown()) }),
  totals: z.object({
    sessions: count,
    events: count,
    pageViews: count,
    purchases: count,
    seconds: z.number(),
    firstAt: iso.nullable(),
    lastAt: iso.nullable(),
  }),
  sessions: z.array(
    z.object({
      sessionId: z.string(),
      startedAt: iso,
      endedAt: iso,
      durationSeconds: z.number(),
      device: z.string().nullable(),
      browser: z.string().nullable(),
      os: z.string().nullable(),
      country: z.string().nullable(),
      events: z.array(journeyEvent),
      nextEvent: z.string().optional(),
    }),
  ),
  trend: z.array(z.object({ at: iso, events: count })),
  next: z.string().nullable(),
});
export type JourneyData = z.infer<typeof journeyDataSchema>;

/** The data of each kind of report. */
export const RESULT_DATA = {
  kpis: kpisDataSchema,
  trend: trendDataSchema,
  funnel: funnelDataSchema,
  paths: pathsDataSchema,
  retention: retentionDataSchema,
  users: usersDataSchema,
  journey: journeyDataSchema,
} as const;
export type ResultData = { [K in keyof typeof RESULT_DATA]: z.infer<(typeof RESULT_DATA)[K]> };

/** A run's whole answer. */
export interface Result<K extends keyof ResultData = keyof ResultData> {
  readonly kind: K;
  readonly title: string;
  /** The rules that apply to the figures, as sentences. */
  readonly definition: readonly string[];
  readonly provenance: Provenance;
  readonly data: ResultData[K];
  /** The list behind a KPI. Only for kpis, where `data.users` is a figure; other kinds hold it in `data`. */
  readonly users?: readonly ListedUser[];
}
/** A result of some kind, told apart by `kind`. */
export type AnyResult = { [K in keyof ResultData]: Result<K> }[keyof ResultData];
