import type { NumberVector } from '../table/personTable';
import { fromThousandths, SCALE, thousandthsOf } from '../table/thousandths';
import type { Points } from './points';
import type { RowMask } from './rowMask';

/** The numbers of rows in range, point after point, bin after bin, each bin's in the order of their rows. */
export interface RowNumbers {
  /** Row of each; null where nobody asks. */
  readonly rows: Uint32Array | null;
  /** Each is `scaled[i] / scale`. */
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

/** Which rows' numbers are wanted. */
export interface WantedRows {
  /** Those that hold 1; null: all. */
  readonly mask: RowMask | null;
  /** Whether it is asked later which rows they are of; half the memory without. */
  readonly hasRows: boolean;
}

/**
 * Orders the numbers of rows.
 * @param points the point of each row; −1 leaves it out
 */
export function toRowNumbers(
  { kind, values }: NumberVector,
  points: Points,
  pointCount: number,
  { mask, hasRows }: WantedRows,
): RowNumbers {
  const bins = binsFor(pointCount);
  const halved = coarseness(pointCount);
  const double = new Float64Array(1);
  // The leading half of a double is the second of its two words on every machine that Node runs on.
  const words = new Int32Array(double.buffer);
  const isNarrow = kind === 'thousandths';
  // −1 for a row without a number.
  const cellOf = (row: number): number => {
    const point = points[row] as number;
    if (point < 0 || (mask !== null && mask[row] === 0)) return -1;
    const number = isNarrow ? fromThousandths(values[row] as number) : (values[row] as number);
    if (number !== number) return -1;
    double[0] = number;
    const bin = ((words[1] as number) >> SHIFT) - FIRST_BIN;
    return point * bins + ((bin < 0 ? 0 : bin < FINEST ? bin : FINEST - 1) >> halved);
  };
  const starts = new Uint32Array(pointCount * bins + 1);
  let areScalable = true;
  for (let row = 0; row < values.length; row++) {
    const cell = cellOf(row);
    if (cell < 0) continue;
    starts[cell + 1] = (starts[cell + 1] as number) + 1;
    areScalable &&= isNarrow || thousandthsOf(values[row] as number) >= 0;
  }
  for (let cell = 1; cell < starts.length; cell++) {
    starts[cell] = (starts[cell] as number) + (starts[cell - 1] as number);
  }
  const length = starts[starts.length - 1] as number;
  const rows = hasRows ? new Uint32Array(length) : null;
  const scaled = areScalable ? new Uint32Array(length) : new Float64Array(length);
  const next = starts.slice();
  for (let row = 0; row < values.length; row++) {
    const cell = cellOf(row);
    if (cell < 0) continue;
    const value = values[row] as number;
    const place = next[cell] as number;
    if (rows) rows[place] = row;
    scaled[place] = areScalable && !isNarrow ? thousandthsOf(value) : value;
    next[cell] = place + 1;
  }
  return { rows, scaled, scale: areScalable ? SCALE : 1, bins, starts };
}

/** Which rows the numbers are of. */
export function rowsOf({ rows }: RowNumbers): Uint32Array {
  if (!rows) throw new Error('The rows of the numbers are not kept.');
  return rows;
}
