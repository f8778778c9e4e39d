import type { Document } from 'mongodb';
import { WaymarkError } from '../../shared/errors';
import type { Report } from '../../shared/reports/report';
import type { ResolvedRange } from '../../shared/time/range';
import { timeMatch } from '../mapping/selection';
import type { SourceRun } from '../source/sourceRun';
import { findEdgeTimestamp } from './dataThrough';

/** What a run is expected to read. */
export interface Estimate {
  readonly documents: number;
  /** The index that narrows the events to the range; null when the whole collection is read. */
  readonly index: string | null;
}

/** The name of the index a plan uses, or null for a collection scan. */
export function indexOfPlan(plan: unknown): string | null {
  if (plan === null || typeof plan !== 'object') return null;
  if ('indexName' in plan && typeof plan.indexName === 'string') return plan.indexName;
  for (const inner of Object.values(plan)) {
    const found = indexOfPlan(inner);
    if (found !== null) return found;
  }
  return null;
}

/** The winning plan within an explanation, whatever the stage it lies under. */
export function winningPlan(explanation: Document): unknown {
  const stages: unknown = explanation['stages'];
  const first: unknown = Array.isArray(stages) ? (stages as Document[])[0]?.['$cursor'] : explanation;
  const planner = (first as Document | undefined)?.['queryPlanner'] as Document | undefined;
  return planner?.['winningPlan'];
}

/** The stages of a plan, from the last to the first. */
export function planStages(plan: unknown, found: string[] = []): string[] {
  if (plan === null || typeof plan !== 'object') return found;
  if ('stage' in plan && typeof plan.stage === 'string') found.push(plan.stage);
  const inner = 'queryPlan' in plan ? [plan.queryPlan] : [];
  const { inputStage, inputStages } = plan as { inputStage?: unknown; inputStages?: unknown };
  for (const stage of [
    ...inner,
    inputStage,
    ...(Array.isArray(inputStages) ? (inputStages as unknown[]) : []),
  ]) {
    planStages(stage, found);
  }
  return found;
}

/**
 * Estimates what a report reads, from the collection's own count, the span of its timestamps and the plan for
 * the range: a few look-ups, whatever the amount of data. Undefined when the server will not say.
 */
export async function estimateRun(
  run: SourceRun,
  report: Report,
  range: ResolvedRange,
): Promise<Estimate | undefined> {
  if (report.kind === 'journey') return undefined;
  const { source } = run;
  const { collection, fields } = source.mapping.events;
  const options = run.callOptions();
  try {
    const match = timeMatch(fields.timestamp, range.from, range.to);
    const [documents, explanation] = await Promise.all([
      source.estimateCount(collection, options),
      source.explain(collection, [{ $match: match }], 'queryPlanner', options),
    ]);
    const index = indexOfPlan(winningPlan(explanation));
    if (index === null) return { documents, index };
    const [oldest, newest] = await Promise.all([
      findEdgeTimestamp(run, 'oldest'),
      findEdgeTimestamp(run, 'newest'),
    ]);
    if (oldest === null || newest === null) return { documents: 0, index };
    const overlap = Math.min(range.to, newest + 1) - Math.max(range.from, oldest);
    const share = Math.min(1, Math.max(0, overlap / (newest + 1 - oldest)));
    return { documents: Math.round(documents * share), index };
  } catch (error) {
    if (error instanceof WaymarkError && (error.code === 'noRight' || error.code === 'internal'))
      return undefined;
    throw error;
  }
}
