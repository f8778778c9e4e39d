import type { CallOptions, Source } from '../source/source';

/** What every inspection takes. */
export interface InspectRequest {
  readonly source: Source;
  /** ms. */
  readonly now: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: { phase: string; done?: number; total?: number }) => void) | undefined;
}

/** Inspections look at whole collections, so they may take longer than a report. */
const INSPECT_LIMIT_MS = 15 * 60_000;
/** A picker waits for a person's next key, so it asks for little. */
export const SUGGEST_LIMIT_MS = 10_000;

/** How an inspection's calls are made. */
export function inspectOptions(request: InspectRequest, what: string): CallOptions {
  return { comment: `waymark inspect ${what}`, signal: request.signal, maxTimeMs: INSPECT_LIMIT_MS };
}

/** An instant of the database as ISO text; null when there is none. */
export function isoOrNull(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return new Date(value).toISOString();
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : null;
}
