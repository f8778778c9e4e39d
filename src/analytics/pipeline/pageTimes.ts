import type { Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import { conditionExpr } from '../filters/conditions';
import {
  accessEventField,
  elapsedMsExpr,
  rawSessionExpr,
  rawUserExpr,
  type Expression,
} from '../mapping/fields';
import { hasRoleExpr, HEAVY_EVENTS } from './sessions';

export interface PageTimeGrouping {
  readonly mapping: Mapping;
  /** The stages that select all events of the window, unfiltered. */
  readonly stages: readonly Document[];
  /** Whether an event matches the report; `true` when every event does. */
  readonly matches: Expression;
  /** The breakdown's value; null without one. */
  readonly value: Expression;
  /** Times count from here, ms. */
  readonly origin: number;
}

/** One row: the events of a session, or of a user without session ids; arrays are null when there are too many. */
export interface PageTimeRow {
  readonly _id: { readonly u: unknown; readonly s?: unknown };
  readonly e: readonly number[] | null;
  readonly v?: readonly unknown[] | null;
}

/** Whether an event is a matching page view that does not say how long it lasted. */
export function isUntimedExpr({ mapping, matches }: PageTimeGrouping): Expression {
  const duration = accessEventField(mapping, 'durationSec');
  const isTimed = conditionExpr(duration, { field: 'durationSec', op: 'gte', value: -Infinity });
  return {
    $and: [
      hasRoleExpr(mapping, mapping.roles.pageViews),
      { $not: [isTimed] },
      ...(matches === true ? [] : [matches]),
    ],
  };
}

const packedExpr = (grouping: PageTimeGrouping): Expression => ({
  $add: [
    { $multiply: [elapsedMsExpr(grouping.mapping, grouping.origin), 2] },
    { $cond: [isUntimedExpr(grouping), 1, 0] },
  ],
});

/** Gathers the times of all events by session, where there is a page view without a duration. */
export function groupPageTimes(
  grouping: PageTimeGrouping,
  mergedUsers: readonly unknown[] | null,
): Document[] {
  const { mapping, stages, value } = grouping;
  const session = rawSessionExpr(mapping);
  const lightOnly = (name: string): Expression => ({
    $cond: [{ $gt: ['$n', HEAVY_EVENTS] }, null, `$${name}`],
  });
  return [
    ...stages,
    {
      $group: {
        _id: { u: rawUserExpr(mapping), s: session === null ? null : { $ifNull: [session, null] } },
        n: { $sum: 1 },
        q: { $sum: { $cond: [isUntimedExpr(grouping), 1, 0] } },
        e: { $push: packedExpr(grouping) },
        ...(value === null ? {} : { v: { $push: { $ifNull: [value, null] } } }),
      },
    },
    ...(mergedUsers === null
      ? []
      : [{ $match: { $or: [{ q: { $gt: 0 } }, { '_id.u': { $in: mergedUsers } }] } }]),
    { $project: { e: lightOnly('e'), ...(value === null ? {} : { v: lightOnly('v') }) } },
  ];
}

/** The same of one session or user, one row an event, for those with too many. */
export function listPageTimes(grouping: PageTimeGrouping): Document[] {
  const { stages, value } = grouping;
  return [
    ...stages,
    {
      $project: {
        _id: 0,
        e: packedExpr(grouping),
        v: value === null ? { $literal: null } : { $ifNull: [value, null] },
      },
    },
  ];
}

/** Events of one instant with their ids, for putting them in order. */
export function listTied(grouping: PageTimeGrouping): Document[] {
  const { mapping, stages, value } = grouping;
  return [
    ...stages,
    {
      $project: {
        _id: 0,
        id: `$${mapping.events.fields.id}`,
        u: rawUserExpr(mapping),
        s: rawSessionExpr(mapping) ?? { $literal: null },
        e: packedExpr(grouping),
        v: value === null ? { $literal: null } : { $ifNull: [value, null] },
      },
    },
  ];
}

/** The first event after the window of each session or user. */
export function firstAfter({ mapping, stages, origin }: PageTimeGrouping): Document[] {
  const session = rawSessionExpr(mapping);
  return [
    ...stages,
    {
      $group: {
        _id: { u: rawUserExpr(mapping), s: session === null ? null : { $ifNull: [session, null] } },
        a: { $min: elapsedMsExpr(mapping, origin) },
      },
    },
  ];
}
