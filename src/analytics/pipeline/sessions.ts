import { Double, type Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import { storedForms } from '../filters/conditions';
import {
  accessEventField,
  elapsedMsExpr,
  rawSessionExpr,
  rawUserExpr,
  type Expression,
} from '../mapping/fields';
import { packRows, type Packs } from './packs';
import { FLAG_FACTOR, MATCH_FLAG, PAGE_VIEW_FLAG, PURCHASE_FLAG } from '../kernels/sessions/split';

/** Above so many events in one group its arrays stay on the server, since a document holds 16 MB. */
export const HEAVY_EVENTS = 150_000;

export interface SessionGrouping {
  readonly mapping: Mapping;
  /** The stages that select all events of the window, unfiltered. */
  readonly stages: readonly Document[];
  /** Whether an event matches the report; `true` when every event does. */
  readonly matches: Expression;
  /** The breakdown's value; null without one. */
  readonly value: Expression;
  /** Times count from here, ms. */
  readonly origin: number;
  /** Whether page views are counted. */
  readonly withPageViews: boolean;
  /** Whether the matching events are told apart by role and instant. */
  readonly withDetails: boolean;
  /** Whether the last instant and the number of events are gathered. */
  readonly withSpans: boolean;
  /** Whether the times of events without a session id are gathered. */
  readonly withLoose: boolean;
  /** Further accumulators of each row. */
  readonly extras?: Document;
  readonly packs: Packs;
}

/** One row: a stored session of one user, or (s null) all of a user's events without a session id. */
export interface SessionRow {
  readonly u: unknown;
  readonly s: unknown;
  /** First and last instant, ms since the origin. */
  readonly a: number;
  readonly b?: number;
  readonly n?: number;
  readonly p?: number;
  readonly m?: number;
  /** Of the matching events: page views, purchases, first and last. */
  readonly mp?: number;
  readonly mb?: number;
  readonly ma?: number | null;
  readonly mz?: number | null;
  readonly v?: readonly unknown[];
  /** Packed times and values of events without a session id; null when there are too many. */
  readonly t?: readonly number[] | null;
  readonly w?: readonly unknown[] | null;
  /** Further accumulators. */
  readonly [extra: string]: unknown;
}

/** Rows as they come: entry i of each column belongs to row i. */
export type SessionPack = Readonly<Record<string, readonly unknown[]>>;

/** The rows of a pack, one by one. */
export function* unpackSessions(pack: SessionPack): Generator<SessionRow> {
  const columns = Object.entries(pack).filter(([, values]) => Array.isArray(values));
  const count = pack['u']?.length ?? 0;
  for (let index = 0; index < count; index += 1) {
    const row: Record<string, unknown> = {};
    for (const [name, values] of columns) row[name] = values[index];
    yield row as unknown as SessionRow;
  }
}

/** A sum of the events that pass a test. */
export const countOf = (test: Expression): Document => ({ $sum: { $cond: [test, 1, 0] } });

/** Whether an event's type has a role. */
export function hasRoleExpr(mapping: Mapping, types: readonly string[]): Expression {
  return { $in: [accessEventField(mapping, 'eventType').expr, { $literal: types.flatMap(storedForms) }] };
}

/** The instant as it is cheapest to compare: the stored date itself, else ms since the origin. */
function instantExpr(mapping: Mapping, origin: number): Expression {
  const { timestamp } = mapping.events.fields;
  return timestamp.as === 'date' ? `$${timestamp.path}` : elapsedMsExpr(mapping, origin);
}

/** `(t − origin) · 8 + flags`, so that sorting the numbers sorts the events by time. */
function packedExpr({ mapping, matches, origin, withDetails }: SessionGrouping): Expression {
  return {
    $add: [
      // A double, which the driver reads faster than a long.
      { $multiply: [elapsedMsExpr(mapping, origin), new Double(FLAG_FACTOR)] },
      { $cond: [hasRoleExpr(mapping, mapping.roles.pageViews), PAGE_VIEW_FLAG, 0] },
      ...(withDetails ? [{ $cond: [hasRoleExpr(mapping, mapping.roles.purchases), PURCHASE_FLAG, 0] }] : []),
      matches === true ? MATCH_FLAG : { $cond: [matches, MATCH_FLAG, 0] },
    ],
  };
}

function detailAccumulators({ mapping, matches }: SessionGrouping, instant: Expression): Document {
  const matching = (test: Expression): Document =>
    countOf(matches === true ? test : { $and: [matches, test] });
  const ofMatch: Expression = matches === true ? instant : { $cond: [matches, instant, null] };
  return {
    mp: matching(hasRoleExpr(mapping, mapping.roles.pageViews)),
    mb: matching(hasRoleExpr(mapping, mapping.roles.purchases)),
    ma: { $min: ofMatch },
    mz: { $max: ofMatch },
  };
}

/**
 * Gathers sessions, in packs of rows: one row for each session with an id, and one for all events of a user
 * without one, whose packed times the client splits by gaps. One pass over the events.
 */
export function groupSessions(grouping: SessionGrouping): Document[] {
  const { mapping, stages, matches, value, origin, extras, withLoose } = grouping;
  const session = rawSessionExpr(mapping);
  const instant = instantExpr(mapping, origin);
  const hasValue = value !== null;
  const held: Expression = { $ifNull: [value, null] };
  const onlyLoose = (pushed: Expression): Expression =>
    session === null ? pushed : { $cond: [{ $lte: [session, null] }, pushed, '$$REMOVE'] };
  const group: Document = {
    // Null and missing are one group: a user's events without a session id come in one row.
    _id: {
      u: rawUserExpr(mapping),
      ...(session === null ? {} : { s: withLoose ? { $ifNull: [session, null] } : session }),
    },
    a: { $min: instant },
    ...(grouping.withSpans ? { b: { $max: instant }, n: { $sum: 1 } } : {}),
    ...(grouping.withPageViews ? { p: countOf(hasRoleExpr(mapping, mapping.roles.pageViews)) } : {}),
    ...(matches === true ? {} : { m: countOf(matches) }),
    ...(grouping.withDetails ? detailAccumulators(grouping, instant) : {}),
    ...(hasValue
      ? { v: { $addToSet: matches === true ? held : { $cond: [matches, held, '$$REMOVE'] } } }
      : {}),
    ...(withLoose ? { t: { $push: onlyLoose(packedExpr(grouping)) } } : {}),
    ...(withLoose && hasValue ? { w: { $push: onlyLoose(held) } } : {}),
    ...extras,
  };
  const lightOnly = (name: string): Expression => ({
    $cond: [{ $gt: ['$n', HEAVY_EVENTS] }, null, `$${name}`],
  });
  const { _id, ...accumulated } = group;
  const columns: Record<string, Expression> = { u: '$_id.u', s: session === null ? null : '$_id.s' };
  for (const name of Object.keys(accumulated)) {
    if (['a', 'b', 'ma', 'mz'].includes(name)) columns[name] = elapsedOf(mapping, name, origin);
    else columns[name] = name === 't' || name === 'w' ? lightOnly(name) : `$${name}`;
  }
  const spread = { $toLong: '$a' };
  return [...stages, { $group: { _id, ...accumulated } }, ...packRows(columns, spread, grouping.packs)];
}

/** An accumulated instant as ms since the origin. */
function elapsedOf(mapping: Mapping, name: string, origin: number): Expression {
  const elapsed =
    mapping.events.fields.timestamp.as === 'date'
      ? { $subtract: [`$${name}`, new Date(origin)] }
      : `$${name}`;
  return { $toDouble: elapsed };
}

/** Packed times (and values) of each event without a session id, one row an event: for users with too many for one row. */
export function listLoose(grouping: SessionGrouping): Document[] {
  const session = grouping.mapping.events.fields.sessionId;
  return [
    ...grouping.stages,
    ...(session === undefined ? [] : [{ $match: { [session]: null } }]),
    {
      $project: {
        _id: 0,
        t: packedExpr(grouping),
        ...(grouping.value === null ? {} : { w: { $ifNull: [grouping.value, null] } }),
      },
    },
  ];
}

/** The last event without a session id of each user, for knowing which sessions began before a window. */
export function lastLooseByUser(mapping: Mapping, stages: readonly Document[], origin: number): Document[] {
  return [...stages, { $group: { _id: rawUserExpr(mapping), b: { $max: instantExpr(mapping, origin) } } }];
}

/** Which stored sessions have events among those selected. */
export function listSessions(mapping: Mapping, stages: readonly Document[]): Document[] {
  return [...stages, { $group: { _id: { u: rawUserExpr(mapping), s: rawSessionExpr(mapping) } } }];
}
