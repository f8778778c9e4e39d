import { MinKey, type Document } from 'mongodb';
import type { Mapping } from '../../shared/model/mapping';
import type { TimeAxis } from '../../shared/time/axisPoint';
import { rawSessionExpr, rawUserExpr } from '../mapping/fields';
import { selectEvents, timeMatch } from '../mapping/selection';
import { pointOfElapsedExpr } from './axisExpr';

/** A stretch of time, ms; `to` exclusive. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** One row: how many session ids were first seen at a point. */
export interface StartsRow {
  readonly _id: number;
  readonly n: number;
}

/**
 * Counts the session ids whose first event ever lies in a stretch, by point. An index that begins with the id
 * and the instant answers by skipping from id to id, whatever the number of events.
 */
export function countFirstSeen(mapping: Mapping, axis: TimeAxis, { from, to }: Stretch): Document[] {
  const { sessionId = '', timestamp } = mapping.events.fields;
  return [
    // Without a bound on the id the server fetches every event instead of skipping.
    { $match: { [sessionId]: { $gte: new MinKey() }, ...timeMatch(timestamp, undefined, to) } },
    { $sort: { [sessionId]: 1, [timestamp.path]: 1 } },
    { $group: { _id: rawSessionExpr(mapping), a: { $first: `$${timestamp.path}` } } },
    { $match: { a: { $gte: new Date(from) } } },
    {
      $group: {
        _id: pointOfElapsedExpr(axis, (origin) => ({ $subtract: ['$a', new Date(origin)] })),
        n: { $sum: 1 },
      },
    },
  ];
}

/** Counts the pairs of a user and a session id in a stretch: `{ n }`, or nothing when there are none. */
export function countPairs(mapping: Mapping, { from, to }: Stretch): Document[] {
  return [
    ...selectEvents(mapping, { from, to, everyEventHasUser: true }),
    groupPairs(mapping),
    { $count: 'n' },
  ];
}

function groupPairs(mapping: Mapping): Document {
  return { $group: { _id: { u: rawUserExpr(mapping), s: rawSessionExpr(mapping) } } };
}

/** One row: how many session ids are one user's each (s null), or one id that several have. */
export interface OwnersRow {
  readonly _id: unknown;
  readonly n: number;
  readonly u: readonly unknown[];
}

/** Tells the session ids of a stretch that several users have, and counts the others. */
export function findShared(mapping: Mapping, { from, to }: Stretch, most: number): Document[] {
  return [
    ...selectEvents(mapping, { from, to, everyEventHasUser: true }),
    ...groupOwners(mapping),
    { $group: { _id: { $cond: [{ $gt: ['$n', 1] }, '$_id', null] }, n: { $sum: 1 }, u: { $first: '$u' } } },
    { $limit: most },
  ];
}

/** The users of each session id among the events selected: `{ _id: id, n, u: [users] }`. */
export function groupOwners(mapping: Mapping): Document[] {
  return [
    groupPairs(mapping),
    // Without this stage between, MongoDB 6.0 loses the inner key of the second group.
    { $project: { _id: 0, u: '$_id.u', s: '$_id.s' } },
    { $group: { _id: '$s', n: { $sum: 1 }, u: { $push: '$u' } } },
  ];
}
