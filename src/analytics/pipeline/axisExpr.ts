import type { Mapping } from '../../shared/model/mapping';
import type { AxisSegment, TimeAxis } from '../../shared/time/axisPoint';
import { elapsedMsExpr, type Expression } from '../mapping/fields';

/** The segment's arithmetic on milliseconds since `origin`. */
function segmentExpr(segment: AxisSegment, origin: number, elapsed: Expression): Expression {
  const since = segment.start - origin;
  const moved: Expression = since === 0 ? elapsed : { $subtract: [elapsed, since] };
  const index: Expression = { $floor: { $divide: [moved, segment.step] } };
  return segment.base === 0 ? index : { $add: [segment.base, index] };
}

/** A balanced tree of comparisons, so that many segments cost few of them. */
function searchExpr(
  segments: readonly AxisSegment[],
  low: number,
  high: number,
  origin: number,
  elapsed: Expression,
): Expression {
  if (low === high) return segmentExpr(segments[low] as AxisSegment, origin, elapsed);
  const middle = (low + high + 1) >> 1;
  return {
    $cond: [
      { $lt: [elapsed, (segments[middle] as AxisSegment).start - origin] },
      searchExpr(segments, low, middle - 1, origin, elapsed),
      searchExpr(segments, middle, high, origin, elapsed),
    ],
  };
}

/**
 * The index of the axis's point that an event belongs to. The axis was computed from the one time-zone
 * database; the server only does arithmetic.
 */
export function pointExpr(mapping: Mapping, axis: TimeAxis): Expression {
  return pointOfElapsedExpr(axis, (origin) => elapsedMsExpr(mapping, origin));
}

/**
 * The same for whatever has an instant.
 * @param elapsedSince ms from an origin (ms) to the instant
 */
export function pointOfElapsedExpr(axis: TimeAxis, elapsedSince: (origin: number) => Expression): Expression {
  const { segments, modulus } = axis;
  const origin = segments[0]?.start ?? 0;
  const elapsed = elapsedSince(origin);
  const index =
    segments.length <= 1
      ? segmentExpr(segments[0] ?? { start: origin, step: 1, base: 0 }, origin, elapsed)
      : {
          $let: {
            vars: { elapsed },
            in: searchExpr(segments, 0, segments.length - 1, origin, '$$elapsed'),
          },
        };
  return modulus === undefined ? index : { $mod: [index, modulus] };
}
