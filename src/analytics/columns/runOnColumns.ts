import { WaymarkError } from '../../shared/errors';
import { defineReport } from '../../shared/reports/definitions/define';
import type { Report, ReportKind } from '../../shared/reports/report';
import type { AnyResult } from '../../shared/reports/result';
import { resolveRange } from '../../shared/time/range';
import type { KindAnswer } from '../engine/context';
import type { ColumnContext } from './kinds/context';
import { runFunnel } from './kinds/funnel';
import { runKpis } from './kinds/kpis';
import { runTrend } from './kinds/trend';
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

/** The newest instant of the store, at most `now`; null when it is empty. */
function dataThroughOf(store: LoadedStore, now: number): number | null {
  const newest = store.manifest.blocks.reduce((latest, block) => Math.max(latest, block.end - 1), -Infinity);
  return newest === -Infinity ? null : Math.min(now, newest);
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
  const dataThrough = dataThroughOf(store, now);
  const answer = scanner({ report, data: store, range, now, dataThrough, sessionGapMs });
  const result = {
    kind: report.kind,
    title: report.title,
    definition: defineReport(report, { roles: store.mapping.roles, sessionGapMs }),
    provenance: {
      executor: 'columns' as const,
      database: store.manifest.database,
      timezone: range.calendar.timezone,
      from: new Date(range.from).toISOString(),
      to: new Date(range.to).toISOString(),
      generatedAt: new Date(now).toISOString(),
      dataThrough: dataThrough === null ? null : new Date(dataThrough).toISOString(),
      elapsedMs: Date.now() - startedAt,
      documentsExamined: 0,
      why: `columns built at ${store.manifest.builtAt}`,
    },
    data: answer.data,
    ...(answer.users ? { users: answer.users } : {}),
  };
  return result as AnyResult;
}
