import { BSON, type Document } from 'mongodb';
import { WaymarkError } from '../../shared/errors';
import type { Report } from '../../shared/reports/report';
import type { RecordedCall, SourceRun } from '../source/sourceRun';
import { indexOfPlan, planStages, winningPlan } from './estimate';
import { runRecorded, type RunReportRequest } from './runReport';

/** One pipeline as it ran, and how the server carried it out. */
export interface ExplainedPipeline {
  readonly collection: string;
  /** What it is for, in a few words. */
  readonly purpose: string;
  /** How often it ran with other values (batches of ids). */
  readonly times: number;
  /** The stages as Extended JSON (relaxed), ready for mongosh; long lists of values are cut. */
  readonly pipeline: readonly unknown[];
  /** The call as text that pastes into mongosh. */
  readonly mongosh: string;
  readonly plan: PlanFigures | null;
}

export interface PlanFigures {
  /** The index read; null when the whole collection is. */
  readonly index: string | null;
  readonly keysExamined: number | null;
  readonly documentsExamined: number | null;
  readonly documentsReturned: number | null;
  readonly executionMs: number | null;
  /** Stages of the winning plan, from the last to the first. */
  readonly stages: readonly string[];
}

export interface Explanation {
  readonly kind: Report['kind'];
  readonly title: string;
  readonly definition: readonly string[];
  readonly pipelines: readonly ExplainedPipeline[];
}

const MAX_LISTED_VALUES = 20;

/** A pipeline with long lists of values cut, so that a person can read it. */
function shorten(value: unknown): unknown {
  if (Array.isArray(value)) {
    const short: unknown[] = value.slice(0, MAX_LISTED_VALUES).map(shorten);
    return value.length > MAX_LISTED_VALUES
      ? [...short, `… ${value.length - MAX_LISTED_VALUES} more`]
      : short;
  }
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shorten(inner)]));
}

const numberOf = (value: unknown): number | null => (value == null ? null : Number(value));

function readPlan(explanation: Document): PlanFigures {
  const stages: unknown = explanation['stages'];
  const first: unknown = Array.isArray(stages) ? (stages as Document[])[0]?.['$cursor'] : explanation;
  const stats = (first as Document | undefined)?.['executionStats'] as Document | undefined;
  const plan = winningPlan(explanation);
  return {
    index: indexOfPlan(plan),
    keysExamined: numberOf(stats?.['totalKeysExamined']),
    documentsExamined: numberOf(stats?.['totalDocsExamined']),
    documentsReturned: numberOf(stats?.['nReturned']),
    executionMs: numberOf(stats?.['executionTimeMillis']),
    stages: planStages(plan),
  };
}

async function explainCall(run: SourceRun, call: RecordedCall, times: number): Promise<ExplainedPipeline> {
  const { source } = run;
  let plan: PlanFigures | null = null;
  try {
    const options = { ...run.callOptions(), hint: call.hint };
    plan = readPlan(await source.explain(call.collection, call.pipeline, 'executionStats', options));
  } catch (error) {
    const isRefused =
      error instanceof WaymarkError && (error.code === 'noRight' || error.code === 'internal');
    if (!isRefused) throw error;
  }
  const pipeline = BSON.EJSON.serialize(shorten(call.pipeline) as Document, {
    relaxed: true,
  }) as unknown as unknown[];
  const text = JSON.stringify(pipeline, null, 2);
  return {
    collection: call.collection,
    purpose: call.purpose,
    times,
    pipeline,
    mongosh: `db.getSiblingDB(${JSON.stringify(source.database)}).getCollection(${JSON.stringify(call.collection)}).aggregate(EJSON.deserialize(${text}), { allowDiskUse: true${call.hint === undefined ? '' : `, hint: ${JSON.stringify(call.hint)}`} })`,
    plan,
  };
}

/**
 * Runs a report and answers with the pipelines it ran and the plan of each: keys and documents examined,
 * index and stages. Pipelines that differ only in a batch of values are told once, with how often they ran.
 */
export async function explainReport(request: RunReportRequest): Promise<Explanation> {
  const { result, run } = await runRecorded(request);
  const kinds = new Map<string, { call: RecordedCall; times: number }>();
  for (const call of [...run.calls]) {
    const key = `${call.collection}|${call.purpose}`;
    const known = kinds.get(key);
    if (known) known.times += 1;
    else kinds.set(key, { call, times: 1 });
  }
  const pipelines: ExplainedPipeline[] = [];
  for (const { call, times } of kinds.values()) pipelines.push(await explainCall(run, call, times));
  return { kind: result.kind, title: result.title, definition: result.definition, pipelines };
}
