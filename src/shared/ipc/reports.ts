import { z } from 'zod';
import type { ReportInput, ReportKind } from '../reports/report';
import type { AnyResult } from '../reports/result';

export const REPORT_KINDS = [
  'kpis',
  'trend',
  'funnel',
  'paths',
  'retention',
  'users',
  'journey',
] as const satisfies readonly ReportKind[];

/**
 * A report as the window sends it. Only that it is an object is checked here; the handler parses it with
 * `parseReport`, so that a fault is a `badReport` whose path is the one in the file.
 */
export const reportInputSchema = z.custom<ReportInput>(
  (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
  { error: 'a report is a JSON object' },
);

export const engineSchema = z.enum(['auto', 'pipeline', 'columns']);
export type EngineChoice = z.infer<typeof engineSchema>;

/** The answer of analytics; made by typed code in another process of this app, so not parsed again. */
export const resultSchema = z.custom<AnyResult>((value) => value !== null && typeof value === 'object');

export const runProgressSchema = z.object({
  /** What is being done, in words. */
  phase: z.string(),
  done: z.number().optional(),
  total: z.number().optional(),
});
export type RunProgress = z.infer<typeof runProgressSchema>;

/** What the query lens shows of a report. */
export const explanationSchema = z.object({
  executor: z.enum(['columns', 'pipeline']),
  why: z.string().optional(),
  pipelines: z.array(
    z.object({
      /** What this pipeline answers, in words. */
      title: z.string(),
      collection: z.string(),
      /** Pastes into mongosh: Extended JSON stages. */
      mongosh: z.string(),
      plan: z
        .object({
          stages: z.array(z.string()),
          index: z.string().nullable(),
          keysExamined: z.number().nullable(),
          documentsExamined: z.number().nullable(),
          returned: z.number().nullable(),
          elapsedMs: z.number().nullable(),
        })
        .nullable(),
    }),
  ),
  /** Sentences; an index worth making carries its `createIndex` line. */
  advice: z.array(z.object({ text: z.string(), command: z.string().optional() })),
});
export type ReportExplanation = z.infer<typeof explanationSchema>;
