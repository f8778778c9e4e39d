import type { Points } from './points';

/** The rows in range that hold a number, point after point, bin after bin, each bin's in their order. */
export interface RowNumbers {
  readonly rows: Uint32Array;
  /** The number of `rows[i]` is `scaled[i] / scale`. */
  readonly scaled: Uint32Array | Float64Array;
  readonly scale: number;
  /** Bins of each point. */
  readonly bins: number;
  /** Those of bin b at point p lie from `starts[p · bins + b]` to before `starts[p · bins + b + 1]`. */
  readonly starts: Uint32Array;
}

/**
 * Bins by the leading bits of a double: 8 to each doubling, from 2⁻¹⁰ to 2²². What lies below (negative numbers
 * too) or above stands in the first or the last one. How evenly they are filled only decides how many numbers have
 * to be looked at to select one.
 */
const FINEST = 256;
const FIRST_BIN = (1023 - 10) << 3;
const SHIFT = 17;
/** More cells are not told apart: neighbouring bins are one then. */
const MOST_CELLS = 1 << 15;

/** How many times the number of bins is halved. */
function coarseness(pointCount: number): number {
  let halved = 0;
  while (FINEST >> halved > 1 && (FINEST >> halved) * pointCount > MOST_CELLS) halved++;
  return halved;
}

/** How many bins the numbers of each point are told apart by; they have the order of their numbers. */
export function binsFor(pointCount: number): number {
  return FINEST >> coarseness(pointCount);
}

/** Whole thousandths below 2³² are kept as such: durations are whole ms. */
const SCALE = 1000;

function isScalable(number: number): boolean {
  const scaled = Math.round(number * SCALE);
  return scaled >= 0 && scaled < 2 ** 32 && Object.is(scaled / SCALE, number);
}

/**
 * Orders the rows that have a number.
 * @param dense the number of each row; NaN for none
 * @param points the point of each row; −1 leaves it out
 */
export function toRowNumbers(dense: Float64Array, points: Points, pointCount: number): RowNumbers {
  const bins = binsFor(pointCount);
  const halved = coarseness(pointCount);
  // The leading half of a double is the second of its two words on every machine that Node runs on.
  const words = new Int32Array(dense.buffer, dense.byteOffset, 2 * dense.length);
  const binOf = (row: number): number => {
    const bin = ((words[2 * row + 1] as number) >> SHIFT) - FIRST_BIN;
    return (bin < 0 ? 0 : bin < FINEST ? bin : FINEST - 1) >> halved;
  };
  const starts = new Uint32Array(pointCount * bins + 1);
  let areScalable = true;
  for (let row = 0; row < dense.length; row++) {
    const number = dense[row] as number;
    const point = points[row] as number;
    if (number !== number || point < 0) continue;
    const cell = point * bins + binOf(row) + 1;
    starts[cell] = (starts[cell] as number) + 1;
    areScalable &&= isScalable(number);
  }
  for (let cell = 1; cell < starts.length; cell++) {
    starts[cell] = (starts[cell] as number) + (starts[cell - 1] as number);
  }
  const length = starts[starts.length - 1] as number;
  const rows = new Uint32Array(length);
  const scaled = areScalable ? new Uint32Array(length) : new Float64Array(length);
  const next = starts.slice();
  for (let row = 0; row < dense.length; row++) {
    const number = dense[row] as number;
    const point = points[row] as number;
    if (number !== number || point < 0) continue;
    const cell = point * bins + binOf(row);
    const place = next[cell] as number;
    rows[place] = row;
    scaled[place] = areScalable ? Math.round(number * SCALE) : number;
    next[cell] = place + 1;
  }
  return { rows, scaled, scale: areScalable ? SCALE : 1, bins, starts };
}
