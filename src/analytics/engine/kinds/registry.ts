import type { ReportKind } from '../../../shared/reports/report';
import type { KindAnswer, RunContext } from '../context';
import { runJourney } from './journey';
import { runKpis } from './kpis';
import { runTrend } from './trend';
import { runUsers } from './users';
import { runFunnel } from './funnel';
import { runPaths } from './paths';
import { runRetention } from './retention';

/** Runs one kind of report by aggregation. */
export type KindRunner<K extends ReportKind> = (context: RunContext<K>) => Promise<KindAnswer<K>>;

/** Every kind that can be run; adding one is adding its line here. */
export const KIND_RUNNERS: { readonly [K in ReportKind]?: KindRunner<K> } = {
  kpis: runKpis,
  trend: runTrend,
  users: runUsers,
  journey: runJourney,
  funnel: runFunnel,
  paths: runPaths,
  retention: runRetention,
};
