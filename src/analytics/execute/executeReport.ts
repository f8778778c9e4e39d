import { WaymarkError } from '../../shared/errors';
import type { Report } from '../../shared/reports/report';
import type { AnyResult } from '../../shared/reports/result';
import { answerJourney } from '../columns/journeys/answerJourney';
import type { ColumnRun } from '../columns/columnEngine';
import { NoColumns } from '../columns/live/noColumns';
import { NotAColumn } from '../columns/scan/notAColumn';
import { PartGone } from '../columns/snapshot';
import type { ColumnSupply } from '../columns/supply';
import type { Progress } from '../engine/context';
import { DEFAULT_SESSION_GAP_MS, runReport } from '../engine/runReport';
import { SnapshotOutlived } from '../source/snapshot';
import type { Source } from '../source/source';

export type Engine = 'auto' | 'pipeline' | 'columns';

export interface ExecuteRequest {
  readonly report: Report;
  /** ms. */
  readonly now: number;
  /**
   * When it was asked by this machine's clock, ms; the moment of the call unless given. Reports asked at once are
   * answered from one moment, though their calls come one after the other.
   */
  readonly askedAt?: number | undefined;
  /** The database; without one only columns can answer. */
  readonly source?: Source | undefined;
  /** Columns of the same database; without them only the pipeline can answer. */
  readonly columns?: ColumnSupply | undefined;
  /** `auto` unless given: columns where they answer the report, else the pipeline. */
  readonly engine?: Engine | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** For the whole run, on the server; 300 s unless given. */
  readonly maxTimeMs?: number | undefined;
  /** 30 minutes unless given. */
  readonly sessionGapMs?: number | undefined;
}

/**
 * Answers a report by the executor that suits: the figures are the same from either, `provenance` says which it was
 * and why.
 * @throws WaymarkError `badInput` when the engine asked for can't answer; those of the executor
 */
export async function executeReport(request: ExecuteRequest): Promise<AnyResult> {
  const { engine = 'auto', source } = request;
  let reason: string | null = null;
  if (engine !== 'pipeline') {
    const answer = await tryColumns(request);
    if (typeof answer !== 'string') return answer;
    reason = answer;
    if (engine === 'columns' || !source) {
      throw new WaymarkError(
        'badInput',
        source
          ? `The columns can't answer this report: ${reason}. Run it with the engine "pipeline" or "auto".`
          : `The columns can't answer this report: ${reason}. Run it on the database.`,
        { path: 'engine' },
      );
    }
  }
  if (!source) {
    throw new WaymarkError('badInput', 'There is no database to run the pipeline on; leave out the engine.', {
      path: 'engine',
    });
  }
  const result = await runReport({ ...request, source });
  return reason === null || !request.columns
    ? result
    : ({
        ...result,
        provenance: { ...result.provenance, why: `Columns can’t answer: ${reason}.` },
      } as AnyResult);
}

/** The answer from columns, or why there is none. */
async function tryColumns(request: ExecuteRequest): Promise<AnyResult | string> {
  const { report, columns, now, askedAt, signal, onProgress } = request;
  if (!columns) return 'there are none';
  const startedAt = Date.now();
  const sessionGapMs = request.sessionGapMs ?? DEFAULT_SESSION_GAP_MS;
  if (report.kind === 'journey') {
    if (!columns.openPerson) return 'a journey is read from the events themselves';
    return answerJourney({ report, now, sessionGapMs, person: await columns.openPerson(report.userId) });
  }
  try {
    const result = await scanFresh(columns, { report, now, sessionGapMs, signal, onProgress }, askedAt);
    // What a person waited for includes finding out what there is.
    return {
      ...result,
      provenance: { ...result.provenance, elapsedMs: Date.now() - startedAt },
    } as AnyResult;
  } catch (error) {
    if (error instanceof NotAColumn || error instanceof NoColumns) return error.reason;
    if (error instanceof WaymarkError && error.code === 'noRight' && request.source) {
      return 'this account may not read them';
    }
    throw error;
  }
}

/** How often a snapshot may be overtaken by changes while it is read. */
const MOST_SNAPSHOTS = 3;

/** Scans a snapshot; a newer one when its blocks were replaced, or the server let it go, before they were read. */
async function scanFresh(
  columns: ColumnSupply,
  run: Omit<ColumnRun, 'snapshot'>,
  askedAt: number | undefined,
): Promise<AnyResult> {
  const done = columns.engine.expect(run.report);
  try {
    for (let attempt = 1; ; attempt += 1) {
      const snapshot = await columns.snapshot({
        signal: run.signal,
        askedAt: attempt === 1 ? askedAt : undefined,
      });
      try {
        return await columns.engine.run({ ...run, snapshot });
      } catch (error) {
        const isOvertaken = error instanceof PartGone || error instanceof SnapshotOutlived;
        if (!isOvertaken || attempt === MOST_SNAPSHOTS) throw error;
      }
    }
  } finally {
    done();
  }
}
