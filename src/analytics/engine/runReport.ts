import { WaymarkError } from '../../shared/errors';
import { defineReport } from '../../shared/reports/definitions/define';
import type { Report, ReportKind } from '../../shared/reports/report';
import type { AnyResult } from '../../shared/reports/result';
import { resolveRange } from '../../shared/time/range';
import { loadIdentities } from '../identity/identityMap';
import { DEFAULT_MAX_TIME_MS, type Source } from '../source/source';
import { SourceRun } from '../source/sourceRun';
import {
  DEFAULT_READING,
  type AnyRunContext,
  type KindAnswer,
  type Progress,
  type Reading,
  type RunContext,
} from './context';
import { findDataThrough } from './dataThrough';
import { estimateRun } from './estimate';
import { countExamined } from './examined';
import { hasUserEverywhere } from './userless';
import { KIND_RUNNERS, type KindRunner } from './kinds/registry';

/** A longer pause between events without a session id starts a new session. */
export const DEFAULT_SESSION_GAP_MS = 30 * 60_000;

export interface RunReportRequest {
  readonly report: Report;
  readonly source: Source;
  /** ms. */
  readonly now: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly engine?: 'auto' | 'pipeline' | 'columns' | undefined;
  /** For the whole run, on the server; 300 s unless given. */
  readonly maxTimeMs?: number | undefined;
  /** 30 minutes unless given. */
  readonly sessionGapMs?: number | undefined;
  readonly reading?: Partial<Reading> | undefined;
}

/** How a report is named in the server's log and in `currentOp`. */
export function commentOf(report: Report): string {
  return `waymark ${report.kind}${report.title === '' ? '' : ` "${report.title}"`}`;
}

/**
 * Runs a report by aggregation and answers with the figures, the rules that define them and where they come
 * from.
 * @throws WaymarkError with a sentence: `cancelled`, `timeLimit`, `memoryLimit`, `noRight`, `connectionLost` …
 */
export async function runReport(request: RunReportRequest): Promise<AnyResult> {
  return (await runRecorded(request)).result;
}

/** As `runReport`, and the run with every call it made. */
export async function runRecorded(
  request: RunReportRequest,
): Promise<{ readonly result: AnyResult; readonly run: SourceRun }> {
  const { report, source, now } = request;
  const startedAt = Date.now();
  if (request.engine === 'columns') {
    throw new WaymarkError(
      'badInput',
      'There are no columns to run this report on. Run it with the engine "pipeline" or "auto".',
    );
  }
  const run = new SourceRun(source, {
    comment: commentOf(report),
    signal: request.signal,
    maxTimeMs: request.maxTimeMs ?? DEFAULT_MAX_TIME_MS,
  });
  const runner = KIND_RUNNERS[report.kind] as KindRunner<ReportKind> | undefined;
  if (!runner) throw new WaymarkError('internal', `Reports of the kind "${report.kind}" can't be run yet.`);
  const range = resolveRange(report.range, now);
  const [identities, dataThrough, estimate, everyEventHasUser] = await Promise.all([
    loadIdentities(run),
    findDataThrough(run, now),
    estimateRun(run, report, range),
    hasUserEverywhere(run),
  ]);
  const sessionGapMs = request.sessionGapMs ?? DEFAULT_SESSION_GAP_MS;
  const context: AnyRunContext = {
    report,
    run,
    mapping: source.mapping,
    identities,
    range,
    now,
    dataThrough,
    sessionGapMs,
    everyEventHasUser,
    estimate,
    reading: { ...DEFAULT_READING, ...request.reading },
    onProgress: request.onProgress ?? (() => undefined),
  };
  const answer: KindAnswer<ReportKind> = await runner(context as RunContext<ReportKind>);
  const elapsedMs = Date.now() - startedAt;
  const documentsExamined = await countExamined(run);
  const result = {
    kind: report.kind,
    title: report.title,
    definition: defineReport(report, { roles: source.mapping.roles, sessionGapMs }),
    provenance: {
      executor: 'pipeline' as const,
      database: source.database,
      timezone: range.calendar.timezone,
      from: new Date(range.from).toISOString(),
      to: new Date(range.to).toISOString(),
      generatedAt: new Date(now).toISOString(),
      dataThrough: dataThrough === null ? null : new Date(dataThrough).toISOString(),
      elapsedMs,
      documentsExamined,
      ...(estimate ? { estimate } : {}),
    },
    data: answer.data,
    ...(answer.users ? { users: answer.users } : {}),
  };
  return { result: result as AnyResult, run };
}
