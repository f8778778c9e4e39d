import type { Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import type { TimeAxis } from '../../shared/time/axisPoint';
import { rawUserExpr, type Expression } from '../mapping/fields';
import { pointExpr } from './axisExpr';

/** What a trend's pipelines begin with and group by. */
export interface TrendGrouping {
  readonly mapping: Mapping;
  readonly axis: TimeAxis;
  /** The stages that select the events. */
  readonly stages: readonly Document[];
  /** The breakdown's value on the event; null without one (or when it is the user's). */
  readonly value: Expression;
}

/** One row: how many events at a point with a value (and of a user, and with a number). */
export interface CountRow {
  readonly _id: { readonly p: number; readonly v?: unknown; readonly u?: unknown; readonly x?: unknown };
  readonly n: number;
}

/**
 * Counts events by point and value.
 * @param by what else separates rows: the user where figures depend on it, the number that is aggregated
 */
export function countByPoint(
  { mapping, axis, stages, value }: TrendGrouping,
  by: { readonly user: boolean; readonly number?: Expression },
): Document[] {
  const id: Document = {
    p: pointExpr(mapping, axis),
    ...(value === null ? {} : { v: value }),
    ...(by.user ? { u: rawUserExpr(mapping) } : {}),
    ...(by.number === undefined ? {} : { x: by.number }),
  };
  return [...stages, { $group: { _id: id, n: { $sum: 1 } } }];
}

/** One row: the points at which a user was seen with a value. */
export interface UserPointsRow {
  readonly _id: { readonly u: unknown; readonly v?: unknown };
  readonly p: readonly number[];
}

/** One row: the users who were seen at a point with a value. */
export interface PointUsersRow {
  readonly _id: { readonly p: number; readonly v?: unknown };
  readonly u: readonly unknown[];
}

function userPointStage({ mapping, axis, value }: TrendGrouping): Document {
  return {
    $group: {
      _id: { u: rawUserExpr(mapping), p: pointExpr(mapping, axis), ...(value === null ? {} : { v: value }) },
    },
  };
}

/** The points at which each user was seen, by value. */
export function pointsByUser(grouping: TrendGrouping): Document[] {
  const byValue = grouping.value === null ? {} : { v: '$_id.v' };
  return [
    ...grouping.stages,
    userPointStage(grouping),
    { $group: { _id: { u: '$_id.u', ...byValue }, p: { $push: '$_id.p' } } },
  ];
}

/** The users who were seen at each point, by value: the same in few documents, which the client reads faster. */
export function usersByPoint(grouping: TrendGrouping): Document[] {
  const byValue = grouping.value === null ? {} : { v: '$_id.v' };
  return [
    ...grouping.stages,
    userPointStage(grouping),
    { $group: { _id: { p: '$_id.p', ...byValue }, u: { $push: '$_id.u' } } },
  ];
}
