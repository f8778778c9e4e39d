import { codesFor, type TextColumn } from '../format/block';
import { Ordinals } from '../format/ordinals';

/** One column of a block and where the block's rows begin in the count over all blocks. */
export interface Placed<T> {
  readonly column: T;
  readonly firstRow: number;
}

/** Text columns of all blocks as one column in the layout's order, with one dictionary (code 0: missing). */
export function scatterTexts(parts: readonly Placed<TextColumn>[], destination: Uint32Array): TextColumn {
  const ordinals = new Ordinals();
  const remaps = parts.map(({ column }) =>
    Uint32Array.from(column.values, (text, code) => (code === 0 ? 0 : 1 + ordinals.ordinalOf(text))),
  );
  const codes = codesFor(destination.length, ordinals.size);
  parts.forEach(({ column, firstRow }, part) => {
    const remap = remaps[part] as Uint32Array;
    const local = column.codes;
    for (let row = 0; row < local.length; row++) {
      codes[destination[firstRow + row] as number] = remap[local[row] as number] as number;
    }
  });
  return { codes, values: ['', ...ordinals.texts.map(String)] };
}

/** Number columns of all blocks as one in the layout's order; `add` is added to each value of a part. */
export function scatterNumbers(
  parts: readonly (Placed<Float64Array | Uint32Array> & { readonly add?: number })[],
  destination: Uint32Array,
): Float64Array {
  const values = new Float64Array(destination.length);
  for (const { column, firstRow, add = 0 } of parts) {
    for (let row = 0; row < column.length; row++) {
      values[destination[firstRow + row] as number] = (column[row] as number) + add;
    }
  }
  return values;
}

/** Unsigned columns of all blocks as one in the layout's order. */
export function scatterUint32(parts: readonly Placed<Uint32Array>[], destination: Uint32Array): Uint32Array {
  const values = new Uint32Array(destination.length);
  for (const { column, firstRow } of parts) {
    for (let row = 0; row < column.length; row++)
      values[destination[firstRow + row] as number] = column[row] as number;
  }
  return values;
}
