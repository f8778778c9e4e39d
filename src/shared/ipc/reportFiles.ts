import { z } from 'zod';
import { REPORT_KINDS } from './reports';
import type { AnyResult } from '../reports/result';
import type { Report } from '../reports/report';

const filePath = z.string().min(1).max(4_096);

/** A report file that has been read: parsed, so that it can be run as it is. */
export const openedReportSchema = z.object({
  path: filePath,
  /** File name without folder. */
  name: z.string(),
  report: z.custom<Report>((value) => value !== null && typeof value === 'object'),
});
export type OpenedReport = z.infer<typeof openedReportSchema>;

export const recentReportSchema = z.object({
  path: filePath,
  name: z.string(),
  title: z.string(),
  kind: z.enum(REPORT_KINDS),
  /** ISO instant. */
  usedAt: z.string(),
});
export type RecentReport = z.infer<typeof recentReportSchema>;

/** A run that was kept in a file: the JSON that `waymark run` prints. */
export const openedRunSchema = z.object({
  path: filePath,
  name: z.string(),
  result: z.custom<AnyResult>((value) => value !== null && typeof value === 'object'),
});
export type OpenedRun = z.infer<typeof openedRunSchema>;
