import type { Document } from 'mongodb';
import type { TimeAxis } from '../../shared/time/axisPoint';
import type { Expression } from '../mapping/fields';
import { pointsByUser, usersByPoint, type PointUsersRow, type UserPointsRow } from '../pipeline/trend';
import type { AnyRunContext } from './context';
import { isMemoryLimit } from './heavyUsers';
import { packsOf, readSliced, type Slice } from './slices';

export interface UserPointsRequest {
  readonly axis: TimeAxis;
  /** The breakdown's value; null without one. */
  readonly value: Expression;
  readonly slices: readonly Slice[];
  readonly stagesOf: (slice: Slice) => Document[];
  readonly hint: string | undefined;
  readonly purpose: string;
  /** A user id as stored was seen at a point with a value; told once for each slice in which it was. */
  readonly take: (rawUser: unknown, point: number, value: unknown) => void;
  /** What was taken so far does not count, since reading begins anew. */
  readonly onRestart: () => void;
}

/**
 * Reads at which points of an axis each user was seen: the users of each point in one document, or, where
 * these might outgrow one, a document a user.
 */
export async function readUserPoints(context: AnyRunContext, request: UserPointsRequest): Promise<void> {
  if (packsOf(context) !== null) {
    try {
      await readSlices(context, request, usersByPoint, ({ _id, u }: PointUsersRow) => {
        for (const user of u) request.take(user, _id.p, _id.v);
      });
      return;
    } catch (error) {
      if (!isMemoryLimit(error)) throw error;
      request.onRestart();
    }
  }
  await readSlices(context, request, pointsByUser, ({ _id, p }: UserPointsRow) => {
    for (const point of p) request.take(_id.u, point, _id.v);
  });
}

async function readSlices<Row extends Document>(
  { run, mapping }: AnyRunContext,
  { axis, value, slices, stagesOf, hint, purpose }: UserPointsRequest,
  build: typeof usersByPoint,
  takeRow: (row: Row) => void,
): Promise<void> {
  await readSliced(slices, async (slice) => {
    const pipeline = build({ mapping, axis, stages: stagesOf(slice), value });
    for await (const batch of run.aggregateEvents<Row>(pipeline, { purpose, hint })) batch.forEach(takeRow);
  });
}
