import type { Document } from 'mongodb';
import { WaymarkError } from '../../shared/errors';
import type { RecordedCall, SourceRun } from '../source/sourceRun';
import { findEdgeTimestamp } from './dataThrough';
import { planStages, winningPlan } from './estimate';

/** Longer lists of values are cut before a call is explained: the plan stays the same. */
const MAX_LISTED = 100;

function cutLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, MAX_LISTED).map(cutLists);
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cutLists(inner)]));
}

/** The most values that a list in a match names; undefined when there is none. */
function longestList(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (value === null || typeof value !== 'object') return undefined;
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const lengths = Object.entries(value).map(([key, inner]) =>
    key === '$in' || key === '$and'
      ? longestList(inner)
      : Array.isArray(inner)
        ? undefined
        : longestList(inner),
  );
  const known = lengths.filter((length) => length !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** How a call reads: from an index alone, by fetching what an index finds, or everything. */
type Reading = 'index' | 'fetch' | 'scan';

async function readingOf(run: SourceRun, call: RecordedCall): Promise<Reading | undefined> {
  try {
    const pipeline = cutLists(call.pipeline) as Document[];
    const options = { ...run.callOptions(), hint: call.hint };
    const explanation = await run.source.explain(call.collection, pipeline, 'queryPlanner', options);
    const stages = planStages(winningPlan(explanation));
    if (stages.includes('COLLSCAN')) return 'scan';
    return stages.includes('FETCH') ? 'fetch' : 'index';
  } catch (error) {
    const isRefused =
      error instanceof WaymarkError && (error.code === 'noRight' || error.code === 'internal');
    if (isRefused) return undefined;
    throw error;
  }
}

/** What share of a collection's span of time a call asks for: 1 without bounds. */
function shareOf(call: RecordedCall, path: string, span: { from: number; to: number }): number {
  const match = call.pipeline[0]?.['$match'] as Document | undefined;
  const bounds = match?.[path] as { $gte?: unknown; $lt?: unknown } | undefined;
  const from = bounds?.$gte instanceof Date ? Math.max(bounds.$gte.getTime(), span.from) : span.from;
  const to = bounds?.$lt instanceof Date ? Math.min(bounds.$lt.getTime(), span.to) : span.to;
  return span.to > span.from ? Math.max(0, to - from) / (span.to - span.from) : 1;
}

/**
 * The documents of events that the calls of a run made the server look at, from their plans: none where an
 * index held all that was wanted; else by the collection's own count and the span of time asked for, so it is
 * exact for whole collections and an estimate for a part of one. A few look-ups, nothing runs again. Null
 * where the server does not explain.
 */
export async function countExamined(run: SourceRun): Promise<number | null> {
  const { collection, fields } = run.source.mapping.events;
  const calls = run.calls.filter((call) => call.collection === collection);
  const readings = new Map<string, Promise<Reading | undefined>>();
  for (const call of calls) {
    const isSmall = call.pipeline.some((stage) => stage['$limit'] === 1);
    if (!isSmall && !readings.has(call.purpose)) readings.set(call.purpose, readingOf(run, call));
  }
  const known = new Map<string, Reading>();
  for (const [purpose, asked] of readings) {
    const reading = await asked;
    if (reading === undefined) return null;
    known.set(purpose, reading);
  }
  const looked = calls.filter((call) => (known.get(call.purpose) ?? 'index') !== 'index');
  if (looked.length === 0) return 0;
  const [documents, oldest, newest] = await Promise.all([
    run.source.estimateCount(collection, run.callOptions()),
    findEdgeTimestamp(run, 'oldest'),
    findEdgeTimestamp(run, 'newest'),
  ]);
  const span = { from: oldest ?? 0, to: (newest ?? 0) + 1 };
  let examined = 0;
  for (const call of looked) {
    if (known.get(call.purpose) === 'scan') {
      examined += documents;
      continue;
    }
    const within = documents * shareOf(call, fields.timestamp.path, span);
    const named = longestList(call.pipeline[0]?.['$match']);
    examined += named !== undefined && named > MAX_LISTED ? Math.min(within, named) : within;
  }
  return Math.round(examined);
}
