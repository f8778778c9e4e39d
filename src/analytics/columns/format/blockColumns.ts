import { isTextField, type Block, type TextColumn } from './block';
import { BlockError } from './blockError';

/** The columns of a block, each read when it is asked for. */
export interface BlockColumns {
  /** Whether its arrays are somebody's still, so that who hands them on must copy them. */
  readonly isKept: boolean;
  readonly start: number;
  readonly rows: number;
  /** Whether there is a column of this Arrow name. */
  has(field: string): boolean;
  /** ms since `start`, ascending. */
  offsets(): Uint32Array;
  /** Ordinals of raw user ids. */
  users(): Uint32Array;
  /** 0, or 1 + ordinal. */
  sessions(): Uint32Array;
  /** Missing ones as NaN, dates as ms; null when the column is neither numbers nor dates. */
  numbers(field: string): Float64Array | null;
  text(field: string): TextColumn;
}

/** A block that is in memory already, column by column. */
export function asColumns(block: Block): BlockColumns {
  const property = (field: string) => block.properties.get(field.replace(/^properties\./, ''));
  return {
    isKept: true,
    start: block.start,
    rows: block.rows,
    has: (field) => isTextField(field) || property(field) !== undefined,
    offsets: () => block.offset,
    users: () => block.user,
    sessions: () => block.session,
    numbers: (field) => {
      if (field === 'durationSec') return block.durationSec;
      const data = property(field);
      return data && 'values' in data ? data.values : null;
    },
    text: (field) => {
      if (isTextField(field)) return block.texts[field];
      const data = property(field);
      if (!data || !('column' in data)) throw new BlockError(`The block has no column ${field}.`);
      return data.column;
    },
  };
}
