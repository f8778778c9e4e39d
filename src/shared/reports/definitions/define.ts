import type { Roles } from '../../model/roles';
import type { Report, ReportKind, ReportOf } from '../report';
import { defineFunnel } from './funnel';
import { defineJourney } from './journey';
import { defineKpis } from './kpis';
import { definePaths } from './paths';
import { defineRetention } from './retention';
import { defineTrend } from './trend';
import { defineUsers } from './users';

/** What the sentences need to know beside the report. */
export interface DefinitionFacts {
  readonly roles: Roles;
  readonly sessionGapMs: number;
}

/** The rules that apply to a kind's figures, as sentences. */
export type Definer<K extends ReportKind> = (report: ReportOf<K>, facts: DefinitionFacts) => string[];

const DEFINERS: { readonly [K in ReportKind]?: Definer<K> } = {
  kpis: defineKpis,
  trend: defineTrend,
  funnel: defineFunnel,
  paths: definePaths,
  retention: defineRetention,
  users: defineUsers,
  journey: defineJourney,
};

/** The sentences printed next to a report's figures. */
export function defineReport(report: Report, facts: DefinitionFacts): string[] {
  const define = DEFINERS[report.kind] as Definer<ReportKind> | undefined;
  return define ? define(report, facts) : [];
}
