/**
 * A stretch of time in which the index of a point is plain arithmetic:
 * `base + floor((t − start) / step)`, then modulo `modulus` where there is one.
 */
export interface AxisSegment {
  /** ms, inclusive; a segment ends where the next one starts. */
  readonly start: number;
  readonly step: number;
  readonly base: number;
}

/** The points of a time axis over a range, and how an instant finds its point. */
export interface TimeAxis {
  /** Start of each point's bucket, ms. */
  readonly starts: readonly number[];
  /** Whether each point's time lies wholly inside the range and the data. */
  readonly complete: readonly boolean[];
  /** Ordered by start; the first one starts at or before the range. */
  readonly segments: readonly AxisSegment[];
  /** Set when indices wrap around. */
  readonly modulus?: number;
}

/** The index of the point an instant of the range belongs to. */
export function pointOf(axis: TimeAxis, instant: number): number {
  const { segments, modulus } = axis;
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((segments[middle] as AxisSegment).start <= instant) low = middle;
    else high = middle - 1;
  }
  const segment = segments[low] as AxisSegment;
  const index = segment.base + Math.floor((instant - segment.start) / segment.step);
  return modulus === undefined ? index : index % modulus;
}
