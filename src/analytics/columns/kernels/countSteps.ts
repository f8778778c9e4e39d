import type { TrendScan } from './trend';

/** Events of steps: the rows to look at, the key of every row, and the point of every row. */
export interface StepScan extends Pick<TrendScan, 'points' | 'pointCount'> {
  readonly rows: Uint32Array;
  readonly keys: ArrayLike<number>;
}

/** Counts the events of each step at each point (row-major: point · stepCount + step). @param bitsOf steps by key */
export function countSteps(scan: StepScan, bitsOf: Int32Array, stepCount: number): Float64Array {
  const { rows, keys, points, pointCount } = scan;
  const counts = new Float64Array(pointCount * stepCount);
  const add = (point: number, bits: number, count: number): void => {
    for (let rest = bits; rest !== 0;) {
      const step = 31 - Math.clz32(rest);
      rest ^= 1 << step;
      counts[point * stepCount + step] = (counts[point * stepCount + step] as number) + count;
    }
  };
  const stride = pointCount + 1;
  if (bitsOf.length * stride > rows.length) {
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] as number;
      if ((points[row] as number) >= 0) add(points[row] as number, bitsOf[keys[row] as number] as number, 1);
    }
    return counts;
  }
  // Keys of no step share the first stretch.
  let used = 1;
  const base = Int32Array.from(bitsOf, (bits) => (bits === 0 ? 0 : used++) * stride + 1);
  const cells = new Uint32Array(used * stride);
  const others = new Uint32Array(used * stride);
  const even = rows.length & ~1;
  for (let index = 0; index < even; index += 2) {
    const one = rows[index] as number;
    const cell = (base[keys[one] as number] as number) + (points[one] as number);
    cells[cell] = (cells[cell] as number) + 1;
    const two = rows[index + 1] as number;
    const other = (base[keys[two] as number] as number) + (points[two] as number);
    others[other] = (others[other] as number) + 1;
  }
  if (even < rows.length) {
    const last = rows[even] as number;
    const cell = (base[keys[last] as number] as number) + (points[last] as number);
    cells[cell] = (cells[cell] as number) + 1;
  }
  bitsOf.forEach((bits, key) => {
    if (bits === 0) return;
    for (let point = 0; point < pointCount; point++) {
      const cell = (base[key] as number) + point;
      const count = (cells[cell] as number) + (others[cell] as number);
      if (count > 0) add(point, bits, count);
    }
  });
  return counts;
}
