import { isTextField } from '../format/block';
import type { BlockColumns } from '../format/blockColumns';
import { PackedBlock } from '../format/packedBlock';
import { releaseBuffers } from '../workers/ownBuffers';
import { ordinalField, ordinalsOf, type PackedColumn } from './ordinalColumn';
import type { Codes, ColumnName } from './sharedColumns';
import { toThousandths } from './thousandths';

/** One column of a block, which can be handed from thread to thread; rows in the order of time, dictionary its own. */
export type StagedColumn =
  | { readonly kind: 'codes'; readonly codes: Codes; readonly values: readonly string[] }
  | { readonly kind: 'ordinals'; readonly ordinals: Uint32Array }
  | { readonly kind: 'numbers'; readonly numbers: Float64Array }
  | { readonly kind: 'thousandths'; readonly thousandths: Uint32Array }
  | PackedColumn;

/** What of a block is needed for laying a table out. */
export interface StagedBlock {
  readonly rows: number;
  readonly start: number;
  readonly user: Uint32Array;
  /** A declared property that the block lacks is missing here. */
  readonly columns: ReadonlyMap<ColumnName, StagedColumn>;
}

/** Which people's rows are wanted: those with this number; all rows when there is no slice. */
export interface Slice {
  /** Slice number of each raw user ordinal. */
  readonly sliceOf: Uint8Array;
  readonly index: number;
}

type Numeric = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Rows to hand on: those to keep (all when null), copied where they would be taken from somebody else. */
interface Picked {
  readonly rows: Uint32Array | null;
  readonly isCopied: boolean;
}

function pickRows<T extends Numeric>(values: T, { rows: keep, isCopied }: Picked): T {
  if (keep === null) return isCopied ? (values.slice() as T) : values;
  const create = values.constructor as new (length: number) => T;
  const copy = new create(keep.length);
  for (let index = 0; index < keep.length; index++) copy[index] = values[keep[index] as number] as number;
  return copy;
}

function keptRows(user: Uint32Array, slice: Slice | undefined): Uint32Array | null {
  if (!slice) return null;
  const keep = new Uint32Array(user.length);
  let count = 0;
  for (let row = 0; row < user.length; row++) {
    if (slice.sliceOf[user[row] as number] === slice.index) keep[count++] = row;
  }
  return keep.slice(0, count);
}

/** Numbers as narrow as they can be. */
function stageNumbers(block: BlockColumns, field: string, keep: Picked): StagedColumn | null {
  const numbers = block.numbers(field);
  if (!numbers) return null;
  const thousandths = toThousandths(numbers);
  if (!thousandths) return { kind: 'numbers', numbers: pickRows(numbers, keep) };
  // Such numbers are the block's only where it is kept.
  if (block instanceof PackedBlock) releaseBuffers([numbers.buffer]);
  return { kind: 'thousandths', thousandths: pickRows(thousandths, { ...keep, isCopied: false }) };
}

function stageColumn(block: BlockColumns, name: ColumnName, keep: Picked): StagedColumn | null {
  const field = ordinalField(name);
  // As stored it takes a fraction of the memory, in which all blocks wait for the rows to have places.
  if (field !== null && keep.rows === null && block instanceof PackedBlock && block.has(field)) {
    return { kind: 'packed', name, packed: block.pick([field]) };
  }
  const ordinals = ordinalsOf(block, name);
  if (ordinals) return { kind: 'ordinals', ordinals: pickRows(ordinals, keep) };
  if (name.startsWith('properties.') && !block.has(name)) return null;
  if (!isTextField(name)) {
    const numbers = stageNumbers(block, name, keep);
    if (numbers) return numbers;
  }
  const { codes, values: texts } = block.text(name);
  return { kind: 'codes', codes: pickRows(codes, keep), values: texts };
}

/** The named columns of a block, in memory that can be handed on. @throws BlockError */
export function stageBlock(
  block: BlockColumns,
  names: readonly ColumnName[],
  slice: Slice | undefined,
): StagedBlock {
  const user = block.users();
  const keep: Picked = { rows: keptRows(user, slice), isCopied: block.isKept };
  const columns = new Map<ColumnName, StagedColumn>();
  for (const name of names) {
    const staged = stageColumn(block, name, keep);
    if (staged) columns.set(name, staged);
  }
  const staged = pickRows(user, keep);
  return { rows: staged.length, start: block.start, user: staged, columns };
}
