import type { RowMask } from './rowMask';

/** Bit k of a row is set where mask k holds; a mask that is null holds everywhere. At most 31 masks. */
export function combineMasks(rows: number, masks: readonly (RowMask | null)[]): Int32Array {
  const bits = new Int32Array(rows);
  masks.forEach((mask, bit) => {
    const flag = 1 << bit;
    if (mask === null) for (let row = 0; row < rows; row++) bits[row] = (bits[row] as number) | flag;
    else for (let row = 0; row < rows; row++) if (mask[row] === 1) bits[row] = (bits[row] as number) | flag;
  });
  return bits;
}
