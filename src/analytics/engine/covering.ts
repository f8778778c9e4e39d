import { MinKey, type Document } from 'mongodb';
import type { EventPredicate } from '../filters/predicates';
import type { AnyRunContext, CompiledReport } from './context';
import { findEventIndex } from '../source/eventIndexes';

/** How to read events from an index alone: the index, and a match that lets the planner use its bounds. */
export interface Covering {
  readonly hint: string;
  readonly match: Document;
}

export interface CoveringNeeds {
  /** Whether the events wanted are told by their types alone, and whether by some types only. */
  readonly event?: Pick<EventPredicate, 'types' | 'isTypeOnly'> | undefined;
  /** The field of the breakdown, where there is one. */
  readonly breakdown?: string | undefined;
  /** Whether sessions are told apart. */
  readonly sessions?: boolean;
}

/**
 * An index that holds all that a gather needs, so that no document is fetched: the one that begins with the
 * instant, which reads a range in one stretch, or (for some types alone, or where there is no other) the one
 * that begins with the type. Undefined when a filter, a condition or the breakdown looks at anything else.
 */
export async function findCovering(
  context: AnyRunContext,
  compiled: CompiledReport,
  { event, breakdown, sessions = false }: CoveringNeeds = {},
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
  const typePath = 'constant' in type ? undefined : type.path;
  if (typePath === undefined || ('from' in type && type.from !== 'event')) return undefined;
  const at = fields.timestamp.path;
  if (sessions && fields.sessionId === undefined) return undefined;
  const others = [fields.userId, typePath, ...(sessions && fields.sessionId ? [fields.sessionId] : [])];
  const byType = sessions ? undefined : await findEventIndex(run, [typePath, at, fields.userId]);
  const isSelective = event !== undefined && event.types !== null;
  const byTime = isSelective && byType ? undefined : await findEventIndex(run, [at], others);
  if (byTime !== undefined) return { hint: byTime, match: {} };
  // Without a bound on its first key an index is read from end to end.
  if (byType === undefined) return undefined;
  return { hint: byType, match: isSelective ? {} : { [typePath]: { $gte: new MinKey() } } };
}
