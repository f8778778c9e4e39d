import type { Points } from '../scan/points';
import type { RowMask } from '../scan/rowMask';

/** Rows to be counted by value and point. */
export interface CellScan {
  readonly rows: number;
  /** Rows that count; null: all. */
  readonly mask: RowMask | null;
  /** Point of each row; −1 outside the range. */
  readonly points: Points;
  /** Value of each row; null: all have value 0. */
  readonly values: ArrayLike<number> | null;
}

/** Tables of more cells are counted into one after the other. */
const MOST_DOUBLED = 65_536;

/**
 * How many rows stand in each cell `base[value] + point`, points counting from 1 and 0 taking the rows outside the
 * range. Two tables take rows in turn, since neighbours mostly share a cell and would wait for each other.
 */
export function countCells(
  { rows, mask, points, values }: CellScan,
  base: Int32Array,
  size: number,
): Uint32Array {
  const counts = new Uint32Array(size);
  const others = size > MOST_DOUBLED ? counts : new Uint32Array(size);
  const even = rows & ~1;
  if (mask === null && values !== null) {
    for (let row = 0; row < even; row += 2) {
      const one = (base[values[row] as number] as number) + (points[row] as number);
      counts[one] = (counts[one] as number) + 1;
      const two = (base[values[row + 1] as number] as number) + (points[row + 1] as number);
      others[two] = (others[two] as number) + 1;
    }
  } else if (values !== null && mask !== null) {
    for (let row = 0; row < even; row += 2) {
      const one = (base[values[row] as number] as number) + (points[row] as number);
      counts[one] = (counts[one] as number) + (mask[row] as number);
      const two = (base[values[row + 1] as number] as number) + (points[row + 1] as number);
      others[two] = (others[two] as number) + (mask[row + 1] as number);
    }
  } else {
    const only = base[0] as number;
    for (let row = 0; row < even; row += 2) {
      const one = only + (points[row] as number);
      counts[one] = (counts[one] as number) + (mask === null ? 1 : (mask[row] as number));
      const two = only + (points[row + 1] as number);
      others[two] = (others[two] as number) + (mask === null ? 1 : (mask[row + 1] as number));
    }
  }
  if (even < rows) {
    const last = (base[values === null ? 0 : (values[even] as number)] as number) + (points[even] as number);
    counts[last] = (counts[last] as number) + (mask === null ? 1 : (mask[even] as number));
  }
  if (others !== counts) {
    for (let cell = 0; cell < size; cell++) {
      counts[cell] = (counts[cell] as number) + (others[cell] as number);
    }
  }
  return counts;
}

/** Where the counts of each value begin, counted with `countCells`. */
const strideOf = (pointCount: number): number => pointCount + 1;

/** Rows by value and point: those of value v at point p are `counts[v · (pointCount + 1) + 1 + p]`. */
export function countByValue(scan: CellScan, valueCount: number, pointCount: number): Uint32Array {
  const stride = strideOf(pointCount);
  const base = Int32Array.from({ length: valueCount }, (_, value) => value * stride + 1);
  return countCells(scan, base, valueCount * stride);
}

/**
 * Events of each step at each point (row-major: point · stepCount + step) from the rows of each value.
 * @param counts as `countByValue` gives them
 * @param slotOf 1 + the step of each value, counted from 1; 1 for none
 */
export function stepsOfValues(
  counts: Uint32Array,
  slotOf: Uint8Array,
  pointCount: number,
  stepCount: number,
): Float64Array {
  const stride = strideOf(pointCount);
  const steps = new Float64Array(pointCount * stepCount);
  for (let value = 0; value * stride < counts.length; value++) {
    const step = (slotOf[value] as number) - 2;
    if (step < 0) continue;
    for (let point = 0; point < pointCount; point++) {
      const cell = point * stepCount + step;
      steps[cell] = (steps[cell] as number) + (counts[value * stride + 1 + point] as number);
    }
  }
  return steps;
}
