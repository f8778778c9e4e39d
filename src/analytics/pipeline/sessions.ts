import type { Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import { storedForms } from '../filters/conditions';
import {
  accessEventField,
  elapsedMsExpr,
  rawSessionExpr,
  rawUserExpr,
  type Expression,
} from '../mapping/fields';
import { FLAG_FACTOR, MATCH_FLAG, PAGE_VIEW_FLAG } from '../kernels/sessions/split';

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
  /** Packed times count from here, ms. */
  readonly origin: number;
  /** Further accumulators of each row. */
  readonly extras?: Document;
}

/** One row: a stored session of one user, or (s null) all of a user's events without a session id. */
export interface SessionRow {
  readonly _id: { readonly u: unknown; readonly s?: unknown };
  /** First and last, ms since the origin. */
  readonly a: number;
  readonly b: number;
  readonly n: number;
  readonly p: number;
  readonly m?: number;
  readonly v?: readonly unknown[];
  /** Packed times and values of events without a session id; null when there are too many. */
  readonly t?: readonly number[] | null;
  readonly w?: readonly unknown[] | null;
}

const oneIf = (test: Expression): Expression => ({ $cond: [test, 1, 0] });

/** Whether an event's type has a role. */
export function hasRoleExpr(mapping: Mapping, types: readonly string[]): Expression {
  return { $in: [accessEventField(mapping, 'eventType').expr, { $literal: types.flatMap(storedForms) }] };
}

/** `(t − origin) · 4 + flags`, so that sorting the numbers sorts the events by time. */
export function packedExpr({ mapping, matches, origin }: SessionGrouping): Expression {
  const isPageView = hasRoleExpr(mapping, mapping.roles.pageViews);
  return {
    $add: [
      { $multiply: [elapsedMsExpr(mapping, origin), FLAG_FACTOR] },
      { $cond: [isPageView, PAGE_VIEW_FLAG, 0] },
      matches === true ? MATCH_FLAG : { $cond: [matches, MATCH_FLAG, 0] },
    ],
  };
}

/**
 * Gathers sessions: one row for each session with an id, and one for all events of a user without one, whose
 * packed times the client splits by gaps. One pass over the events.
 */
export function groupSessions(grouping: SessionGrouping, withTimes: boolean): Document[] {
  const { mapping, stages, matches, value, origin, extras } = grouping;
  const session = rawSessionExpr(mapping);
  const elapsed = elapsedMsExpr(mapping, origin);
  const isLoose: Expression = session === null ? true : { $lte: [session, null] };
  const onlyLoose = (pushed: Expression): Expression =>
    isLoose === true ? pushed : { $cond: [isLoose, pushed, '$$REMOVE'] };
  const group: Document = {
    _id: { u: rawUserExpr(mapping), ...(session === null ? {} : { s: { $ifNull: [session, null] } }) },
    a: { $min: elapsed },
    b: { $max: elapsed },
    n: { $sum: 1 },
    p: { $sum: oneIf(hasRoleExpr(mapping, mapping.roles.pageViews)) },
    ...(matches === true ? {} : { m: { $sum: oneIf(matches) } }),
    ...(value === null
      ? {}
      : {
          v: {
            $addToSet:
              matches === true
                ? { $ifNull: [value, null] }
                : { $cond: [matches, { $ifNull: [value, null] }, '$$REMOVE'] },
          },
        }),
    ...(withTimes ? { t: { $push: onlyLoose(packedExpr(grouping)) } } : {}),
    ...(withTimes && value !== null ? { w: { $push: onlyLoose({ $ifNull: [value, null] }) } } : {}),
    ...extras,
  };
  const lightOnly = (name: string): Expression => ({
    $cond: [{ $gt: ['$n', HEAVY_EVENTS] }, null, `$${name}`],
  });
  const trimmed: Document = withTimes
    ? { t: lightOnly('t'), ...(value === null ? {} : { w: lightOnly('w') }) }
    : {};
  return [...stages, { $group: group }, ...(withTimes ? [{ $set: trimmed }] : [])];
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
