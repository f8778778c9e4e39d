import { WaymarkError } from '../../shared/errors';
import type { ListedUser } from '../../shared/reports/result';
import type { TimeAxis } from '../../shared/time/axisPoint';
import { compareCodePoints } from '../kernels/numbers';

/** Orders a list by user, then session, each by code point. */
export function sortListed(users: ListedUser[]): ListedUser[] {
  return users.sort(
    (a, b) =>
      compareCodePoints(a.userId, b.userId) || compareCodePoints(a.sessionId ?? '', b.sessionId ?? ''),
  );
}

/**
 * The point of an axis that a mark names by its start.
 * @throws WaymarkError `badReport` when no point of the axis starts there
 */
export function findPoint(axis: TimeAxis, at: string, path: string): number {
  const point = axis.starts.indexOf(Date.parse(at));
  if (point >= 0) return point;
  const example = axis.starts[0];
  throw new WaymarkError(
    'badReport',
    `The report: ${path} is ${JSON.stringify(at)}: allowed is the start of one of the report's ${axis.starts.length} points${
      example === undefined ? '' : `, like ${JSON.stringify(new Date(example).toISOString())}`
    }.`,
    { path },
  );
}
