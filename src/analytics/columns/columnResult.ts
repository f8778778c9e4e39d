import type { Mapping } from '../../shared/model/mapping';
import { defineReport } from '../../shared/reports/definitions/define';
import type { Report, ReportKind } from '../../shared/reports/report';
import type { AnyResult } from '../../shared/reports/result';
import type { ResolvedRange } from '../../shared/time/range';
import type { KindAnswer } from '../engine/context';

export interface ColumnResultParts {
  readonly report: Report;
  readonly answer: KindAnswer<ReportKind>;
  readonly database: string;
  readonly mapping: Mapping;
  readonly range: ResolvedRange;
  /** ms. */
  readonly now: number;
  readonly sessionGapMs: number;
  /** ms; null when there are no events. */
  readonly dataThrough: number | null;
  /** When the run began, ms. */
  readonly startedAt: number;
  /** Which columns these are, where they are not those of this moment. */
  readonly why?: string;
}

/** The result of a report that columns answered. */
export function columnResult(parts: ColumnResultParts): AnyResult {
  const { report, answer, range, dataThrough } = parts;
  const result = {
    kind: report.kind,
    title: report.title,
    definition: defineReport(report, { roles: parts.mapping.roles, sessionGapMs: parts.sessionGapMs }),
    provenance: {
      executor: 'columns' as const,
      database: parts.database,
      timezone: range.calendar.timezone,
      from: new Date(range.from).toISOString(),
      to: new Date(range.to).toISOString(),
      generatedAt: new Date(parts.now).toISOString(),
      dataThrough: dataThrough === null ? null : new Date(dataThrough).toISOString(),
      elapsedMs: Date.now() - parts.startedAt,
      documentsExamined: 0,
      ...(parts.why === undefined ? {} : { why: parts.why }),
    },
    data: answer.data,
    ...(answer.users ? { users: answer.users } : {}),
  };
  return result as AnyResult;
}
