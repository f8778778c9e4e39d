import { WaymarkError } from '../../shared/errors';
import type { Report, ReportKind } from '../../shared/reports/report';
import type { AnyResult } from '../../shared/reports/result';
import { resolveRange } from '../../shared/time/range';
import type { KindAnswer } from '../engine/context';
import { columnResult } from './columnResult';
import type { ColumnContext } from './kinds/context';
import { runFunnel } from './kinds/funnel';
import { runKpis } from './kinds/kpis';
import { runTrend } from './kinds/trend';
import { newestOf } from './store/manifest';
import type { LoadedStore } from './store/loadStore';

type Scanner<K extends ReportKind> = (context: ColumnContext<K>) => KindAnswer<K>;

/** The kinds that columns answer; the others need the events themselves. */
const SCANNERS: { readonly [K in ReportKind]?: Scanner<K> } = {
  kpis: runKpis,
  trend: runTrend,
  funnel: runFunnel,
};

export interface ColumnRequest {
  readonly report: Report;
  readonly store: LoadedStore;
  /** ms. */
  readonly now: number;
  readonly sessionGapMs: number;
}

/** Whether columns answer reports of a kind. */
export function canScan(kind: ReportKind): boolean {
  return SCANNERS[kind] !== undefined;
}

/**
 * Answers a report from columns in memory.
 * @throws NotAColumn when a field is no column or holds what a column can't
 * @throws WaymarkError `badReport` for a mark that is none; `badInput` when columns do not answer this kind
 */
export function runOnColumns({ report, store, now, sessionGapMs }: ColumnRequest): AnyResult {
  const startedAt = Date.now();
  const scanner = SCANNERS[report.kind] as Scanner<ReportKind> | undefined;
  if (!scanner) {
    throw new WaymarkError(
      'badInput',
      `Columns do not answer reports of the kind "${report.kind}" yet: run it on the database with --uri.`,
    );
  }
  const range = resolveRange(report.range, now);
  const newest = newestOf(store.manifest);
  const dataThrough = newest === null ? null : Math.min(now, newest);
  const answer = scanner({ report, data: store, range, now, dataThrough, sessionGapMs });
  return columnResult({
    report,
    answer,
    database: store.manifest.database,
    mapping: store.mapping,
    range,
    now,
    sessionGapMs,
    dataThrough,
    startedAt,
    why: `columns built at ${store.manifest.builtAt}`,
  });
}
