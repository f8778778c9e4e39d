import type { BlockColumns } from '../format/blockColumns';
import type { PackedColumns } from '../format/packedBlock';
import type { ColumnName } from './sharedColumns';

/** Values of a column whose kind is the same in every block. */
export type PlainColumn =
  | { readonly kind: 'ordinals'; readonly ordinals: Uint32Array }
  | { readonly kind: 'numbers'; readonly numbers: Float64Array };

/** A plain column as it is stored, until its rows have places. */
export interface PackedColumn {
  readonly kind: 'packed';
  readonly name: ColumnName;
  /** Of what kind it is once it is unpacked. */
  readonly as: PlainColumn['kind'];
  readonly packed: PackedColumns;
}

/** The Arrow fields of plain columns: times are stored as `gap`, before version 2 as `offset`. */
const FIELDS: Partial<Record<ColumnName, { readonly field: string; readonly as: PlainColumn['kind'] }>> = {
  at: { field: 'gap', as: 'ordinals' },
  session: { field: 'session', as: 'ordinals' },
  user: { field: 'user', as: 'ordinals' },
  durationSec: { field: 'durationSec', as: 'numbers' },
};

/** Where a plain column is stored and what it is; null for columns with a dictionary and for properties. */
export function plainField(
  name: ColumnName,
): { readonly field: string; readonly as: PlainColumn['kind'] } | null {
  return FIELDS[name] ?? null;
}

/** The values of a plain column: of `at` ms since the block's start. @throws BlockError */
export function plainColumn(block: BlockColumns, name: ColumnName): PlainColumn | null {
  if (name === 'at') return { kind: 'ordinals', ordinals: block.offsets() };
  if (name === 'session') return { kind: 'ordinals', ordinals: block.sessions() };
  if (name === 'user') return { kind: 'ordinals', ordinals: block.users() };
  const numbers = name === 'durationSec' ? block.numbers(name) : null;
  return numbers && { kind: 'numbers', numbers };
}
