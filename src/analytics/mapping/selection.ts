import type { Document } from 'mongodb';
import type { Mapping, TimeSource } from '../../shared/model/mapping';
import { DAY_MS } from '../../shared/time/units';
import { dateExpr, LOOKUP_PATHS, type LookupOrigin } from './fields';

/** Which events a pipeline begins with. Instants in ms; `from` inclusive, `to` exclusive. */
export interface Selection {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Conditions, exact, as `$match` takes them. */
  readonly matches?: readonly Document[];
  /** Look-ups that the conditions or the stages after them need. */
  readonly lookups?: Iterable<LookupOrigin>;
  /** Set when no event lacks a user, so that nothing has to ask for one. */
  readonly everyEventHasUser?: boolean | undefined;
}

/** A match on a stored instant: exact, or (for text and numbers) with an exact expression beside a coarse bound. */
export function timeMatch(source: TimeSource, from: number | undefined, to: number | undefined): Document {
  const { path } = source;
  const bounds = (low: unknown, high: unknown): Document => ({
    ...(low === undefined ? {} : { $gte: low }),
    ...(high === undefined ? {} : { $lt: high }),
  });
  const at = (instant: number | undefined): Date | undefined =>
    instant === undefined ? undefined : new Date(instant);
  if (from === undefined && to === undefined) {
    if (source.as === 'date') return { [path]: { $type: 'date' } };
    return source.as === 'iso'
      ? { $expr: { $ne: [dateExpr(source), null] } }
      : { [path]: { $type: 'number' } };
  }
  if (source.as === 'date') return { [path]: bounds(at(from), at(to)) };
  if (source.as === 'epochMs') return { [path]: bounds(from, to) };
  if (source.as === 'epochSec') {
    return {
      [path]: bounds(from === undefined ? undefined : from / 1000, to === undefined ? undefined : to / 1000),
    };
  }
  const day = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
  const coarse = bounds(
    from === undefined ? '' : day(from - DAY_MS),
    to === undefined ? undefined : day(to + 2 * DAY_MS),
  );
  const date = dateExpr(source);
  return {
    [path]: coarse,
    $expr: {
      $and: [
        { $gte: [date, from === undefined ? new Date(-8.64e15) : new Date(from)] },
        ...(to === undefined ? [] : [{ $lt: [date, new Date(to)] }]),
      ],
    },
  };
}

function lookupStages(mapping: Mapping, origin: LookupOrigin): Document[] {
  const target = origin === 'session' ? mapping.sessions : mapping.users;
  const local = origin === 'session' ? mapping.events.fields.sessionId : mapping.events.fields.userId;
  const as = LOOKUP_PATHS[origin];
  if (!target || local === undefined) return [{ $set: { [as]: null } }];
  return [
    { $lookup: { from: target.collection, localField: local, foreignField: target.fields.id, as } },
    { $set: { [as]: { $first: `$${as}` } } },
  ];
}

/**
 * The stages that select events: what can use an index first, then unwinding and look-ups, then the rest.
 * Events without a user are left out.
 */
export function selectEvents(mapping: Mapping, selection: Selection): Document[] {
  const { fields, unwind } = mapping.events;
  const time = timeMatch(fields.timestamp, selection.from, selection.to);
  const exact = selection.everyEventHasUser === true ? [time] : [time, { [fields.userId]: { $ne: null } }];
  const lookups = [...new Set(selection.lookups ?? [])].flatMap((origin) => lookupStages(mapping, origin));
  const matches = selection.matches ?? [];
  const early = lookups.length === 0 ? [...exact, ...matches] : exact;
  return [
    // Before unwinding, a bound on time is all that is sure to keep every document that holds a wanted event.
    ...(unwind === undefined
      ? []
      : [{ $match: timeBound(time, fields.timestamp.path) }, { $unwind: `$${unwind}` }]),
    { $match: joinMatches(early) },
    ...lookups,
    ...(lookups.length === 0 || matches.length === 0 ? [] : [{ $match: joinMatches(matches) }]),
  ];
}

const timeBound = (time: Document, path: string): Document => (path in time ? { [path]: time[path] } : {});

/** All of several matches as one; keys that do not clash are merged, since the planner likes it flat. */
export function joinMatches(matches: readonly Document[]): Document {
  const joined: Document = {};
  const rest: Document[] = [];
  for (const match of matches) {
    const keys = Object.keys(match);
    if (keys.some((key) => key in joined)) rest.push(match);
    else Object.assign(joined, match);
  }
  return rest.length === 0 ? joined : { ...joined, $and: [...(joined['$and'] ?? []), ...rest] };
}
