import { PackedBlock } from '../format/packedBlock';
import { ownBuffers, releaseBuffers } from '../workers/ownBuffers';
import { ordinalsOf } from './ordinalColumn';
import type { StagedColumn } from './stage';
import type { SharedColumn } from './sharedColumns';
import { fromThousandths } from './thousandths';
import { wordsOf } from './times';

/** One staged column of a block, and the column of a table that takes it. */
export interface Scatter {
  readonly from: StagedColumn;
  readonly to: SharedColumn;
  /** Code in the table for each code of the block; for text columns. */
  readonly remap: Uint32Array | null;
  /** Added to each, for `at`: the start of the block, where its times count from it. */
  readonly add: number;
}

/**
 * Moves a block's column to its rows in a table.
 * @param destination row of the table for each row of the block
 * @throws BlockError when what is packed is damaged
 */
export function scatter({ from, to, remap, add }: Scatter, destination: Uint32Array): void {
  const { length } = destination;
  if (from.kind === 'packed') {
    const block = new PackedBlock(from.packed);
    const ordinals = ordinalsOf(block, from.name);
    if (!ordinals) return;
    scatter({ from: { kind: 'ordinals', ordinals }, to, remap, add }, destination);
    releaseBuffers([...block.memory, ...ownBuffers(ordinals)]);
    return;
  }
  if (from.kind === 'codes' && to.kind === 'codes' && remap) {
    const { codes } = from;
    const target = to.codes;
    for (let row = 0; row < length; row++) {
      target[destination[row] as number] = remap[codes[row] as number] as number;
    }
  } else if (to.kind === 'times' && (from.kind === 'ordinals' || from.kind === 'numbers')) {
    const times = from.kind === 'ordinals' ? from.ordinals : from.numbers;
    const { low, high, words } = to;
    for (let row = 0; row < length; row++) {
      const time = (times[row] as number) + add;
      const place = destination[row] as number;
      // Takes the low word of it.
      low[place] = time;
      high[place] = wordsOf(time) - words;
    }
  } else if (from.kind === 'ordinals' && to.kind === 'ordinals') {
    const { ordinals } = from;
    const target = to.ordinals;
    for (let row = 0; row < length; row++) target[destination[row] as number] = ordinals[row] as number;
  } else if (from.kind === 'numbers' && to.kind === 'numbers') {
    const { numbers } = from;
    const target = to.numbers;
    for (let row = 0; row < length; row++) target[destination[row] as number] = numbers[row] as number;
  } else if (from.kind === 'thousandths' && to.kind === 'thousandths') {
    const { thousandths } = from;
    const target = to.thousandths;
    for (let row = 0; row < length; row++) target[destination[row] as number] = thousandths[row] as number;
  } else if (from.kind === 'thousandths' && to.kind === 'numbers') {
    const { thousandths } = from;
    const target = to.numbers;
    for (let row = 0; row < length; row++) {
      target[destination[row] as number] = fromThousandths(thousandths[row] as number);
    }
  }
}
