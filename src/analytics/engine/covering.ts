import { MinKey, type Document } from 'mongodb';
import type { EventPredicate } from '../filters/predicates';
import type { AnyRunContext, CompiledReport } from './context';
import { findEventIndex } from './indexes';

/** How to read events from an index alone: the index, and a match that lets the planner use its bounds. */
export interface Covering {
  readonly hint: string;
  readonly match: Document;
}

/**
 * The index of type, time and user, when it holds all that a gather needs, so that no document is fetched.
 * Undefined when a filter, a condition or the breakdown looks at anything else.
 * @param breakdown the field of the breakdown, where there is one
 */
export async function findCovering(
  context: AnyRunContext,
  compiled: CompiledReport,
  event?: EventPredicate,
  breakdown?: string,
): Promise<Covering | undefined> {
  const { run, mapping } = context;
  const { fields, unwind } = mapping.events;
  const needsMore =
    compiled.filters.events.expr !== true ||
    event?.isTypeOnly === false ||
    (breakdown !== undefined &&
      breakdown !== 'eventType' &&
      breakdown !== 'userId' &&
      !breakdown.startsWith('user.'));
  const type = fields.eventType;
  if (needsMore || unwind !== undefined || fields.timestamp.as !== 'date') return undefined;
  if ('constant' in type || type.from !== 'event') return undefined;
  const hint = await findEventIndex(run, [type.path, fields.timestamp.path, fields.userId]);
  // Without a bound on its first key an index is read from end to end.
  return hint === undefined ? undefined : { hint, match: { [type.path]: { $gte: new MinKey() } } };
}
