import type { BlockColumns } from '../format/blockColumns';
import type { PackedColumns } from '../format/packedBlock';
import type { ColumnName } from './sharedColumns';

/** A column of ordinals as it is stored, until its rows have places. */
export interface PackedColumn {
  readonly kind: 'packed';
  readonly name: ColumnName;
  readonly packed: PackedColumns;
}

/** The Arrow fields of columns of ordinals: times are stored as `gap`, before version 2 as `offset`. */
const FIELDS: Partial<Record<ColumnName, string>> = { at: 'gap', session: 'session', user: 'user' };

/** Where a column of ordinals is stored; null for other columns. */
export function ordinalField(name: ColumnName): string | null {
  return FIELDS[name] ?? null;
}

/** The values of a column of ordinals: of `at` ms since the block's start; null for other columns. @throws BlockError */
export function ordinalsOf(block: BlockColumns, name: ColumnName): Uint32Array | null {
  if (name === 'at') return block.offsets();
  if (name === 'session') return block.sessions();
  return name === 'user' ? block.users() : null;
}
