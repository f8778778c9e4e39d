import type { ReportKind } from '../../../shared/reports/report';
import type { KindAnswer, RunContext } from '../context';
import { runKpis } from './kpis';
import { runTrend } from './trend';
import { runFunnel } from './funnel';
import { runRetention } from './retention';

/** Runs one kind of report by aggregation. */
export type KindRunner<K extends ReportKind> = (context: RunContext<K>) => Promise<KindAnswer<K>>;

/** Every kind that can be run; adding one is adding its line here. */
export const KIND_RUNNERS: { readonly [K in ReportKind]?: KindRunner<K> } = {
  kpis: runKpis,
  trend: runTrend,
  funnel: runFunnel,
  retention: runRetention,
};
