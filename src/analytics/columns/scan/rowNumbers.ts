/** The rows that hold a number, in order, with it and its bin. */
export interface RowNumbers {
  readonly rows: Uint32Array;
  readonly numbers: Float64Array;
  /** Below `BINS`; bins have the order of their numbers. */
  readonly bins: Uint8Array;
}

/**
 * Bins by the leading bits of a double: 8 to each doubling, from 2⁻¹⁰ to 2²². What lies below (negative numbers
 * too) or above stands in the first or the last one. How evenly they are filled only decides how many numbers have
 * to be looked at to select one; so few that the counts of all days stay in a core's nearest cache.
 */
export const BINS = 256;
const FIRST_BIN = (1023 - 10) << 3;
const SHIFT = 17;

/** Keeps the rows that have a number. @param dense the number of each row; NaN for none */
export function toRowNumbers(dense: Float64Array): RowNumbers {
  let length = 0;
  for (let row = 0; row < dense.length; row++) if (dense[row] === dense[row]) length++;
  const rows = new Uint32Array(length);
  const numbers = new Float64Array(length);
  const bins = new Uint8Array(length);
  // The leading half of a double is the second of its two words on every machine that Node runs on.
  const words = new Int32Array(dense.buffer, dense.byteOffset, 2 * dense.length);
  let index = 0;
  for (let row = 0; row < dense.length; row++) {
    const number = dense[row] as number;
    if (number !== number) continue;
    const bin = ((words[2 * row + 1] as number) >> SHIFT) - FIRST_BIN;
    rows[index] = row;
    numbers[index] = number;
    bins[index++] = bin < 0 ? 0 : bin < BINS ? bin : BINS - 1;
  }
  return { rows, numbers, bins };
}
