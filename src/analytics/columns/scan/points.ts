import type { AxisSegment, TimeAxis } from '../../../shared/time/axisPoint';
import type { Times } from '../table/times';

export type Points = Int8Array | Int16Array | Int32Array;

/** The narrowest array that can hold points and −1. */
function pointsFor(pointCount: number, length: number): Points {
  if (pointCount <= 1 << 7) return new Int8Array(length);
  return pointCount <= 1 << 15 ? new Int16Array(length) : new Int32Array(length);
}

/** The index of each instant's point on the axis; −1 outside [from, to). Fastest when instants ascend in runs. */
export function pointsOf(instants: Times, axis: TimeAxis, from: number, to: number): Points {
  const { segments, modulus } = axis;
  const points = pointsFor(axis.starts.length, instants.length);
  let index = 0;
  let segment = segments[0] as AxisSegment;
  let end = segments[1]?.start ?? Infinity;
  // Instants of one point come in runs.
  let runStart = Infinity;
  let runEnd = -Infinity;
  let runPoint = -1;
  for (let row = 0; row < instants.length; row++) {
    const at = instants.of(row);
    if (at >= runStart && at < runEnd) {
      points[row] = runPoint;
      continue;
    }
    if (at < from || at >= to) {
      points[row] = -1;
      continue;
    }
    if (at >= end || at < segment.start) {
      while (index > 0 && at < (segments[index] as AxisSegment).start) index--;
      while (at >= (segments[index + 1]?.start ?? Infinity)) index++;
      segment = segments[index] as AxisSegment;
      end = segments[index + 1]?.start ?? Infinity;
    }
    const steps = Math.floor((at - segment.start) / segment.step);
    const point = segment.base + steps;
    runPoint = modulus === undefined ? point : point % modulus;
    points[row] = runPoint;
    runStart = Math.max(from, segment.start + steps * segment.step);
    runEnd = Math.min(to, end, segment.start + (steps + 1) * segment.step);
  }
  return points;
}
