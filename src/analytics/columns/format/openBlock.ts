import { tableFromIPC, type Table, type Vector } from 'apache-arrow';
import { BLOCK_VERSION, codesFor, METADATA, type Block, type TextColumn } from './block';
import { isTextField } from './block';
import { BlockError } from './decode';
import { inflate } from './inflate';

/** The columns of a block, each read when it is asked for. */
export interface BlockColumns {
  readonly start: number;
  readonly rows: number;
  /** Whether there is a column of this Arrow name. */
  has(field: string): boolean;
  /** `offset` or `user`. */
  ordinals(field: 'offset' | 'user'): Uint32Array;
  /** 0, or 1 + ordinal. */
  sessions(): Uint32Array;
  /** Missing ones as NaN, dates as ms; null when the column is neither numbers nor dates. */
  numbers(field: string): Float64Array | null;
  text(field: string): TextColumn;
}

const bitAt = (bitmap: Uint8Array, row: number): number => ((bitmap[row >> 3] as number) >> (row & 7)) & 1;

class ArrowBlock implements BlockColumns {
  readonly start: number;
  readonly rows: number;

  constructor(private readonly table: Table) {
    const { metadata } = table.schema;
    const version = Number(metadata.get(METADATA.version));
    if (version !== BLOCK_VERSION) {
      throw new BlockError(`The block has version ${version}; ${BLOCK_VERSION} is known.`);
    }
    this.rows = table.numRows;
    if (Number(metadata.get(METADATA.rows)) !== this.rows) throw new BlockError('The block is cut off.');
    this.start = Number(metadata.get(METADATA.start));
  }

  has(field: string): boolean {
    return this.table.getChild(field) !== null;
  }

  #part(field: string) {
    const vector: Vector | null = this.table.getChild(field);
    const part = vector?.data[0];
    if (!part || vector.data.length !== 1) throw new BlockError(`The block has no column ${field}.`);
    return part;
  }

  ordinals(field: string): Uint32Array {
    const values: unknown = this.#part(field).values;
    if (!(values instanceof Uint32Array) || values.length < this.rows) {
      throw new BlockError(`The block's column ${field} is not uint32.`);
    }
    return values.subarray(0, this.rows);
  }

  sessions(): Uint32Array {
    const ordinals = this.ordinals('session');
    const { nullCount, nullBitmap } = this.#part('session');
    const sessions = new Uint32Array(this.rows);
    if (nullCount > 0 && nullBitmap) {
      for (let row = 0; row < sessions.length; row++) {
        sessions[row] = bitAt(nullBitmap, row) === 0 ? 0 : (ordinals[row] as number) + 1;
      }
    } else {
      for (let row = 0; row < sessions.length; row++) sessions[row] = (ordinals[row] as number) + 1;
    }
    return sessions;
  }

  numbers(field: string): Float64Array | null {
    const { values, nullCount, nullBitmap } = this.#part(field);
    const stored: unknown = values instanceof BigInt64Array ? Float64Array.from(values, Number) : values;
    if (!(stored instanceof Float64Array) || stored.length < this.rows) return null;
    const numbers = stored.slice(0, this.rows);
    if (nullCount > 0 && nullBitmap) {
      for (let row = 0; row < numbers.length; row++) if (bitAt(nullBitmap, row) === 0) numbers[row] = NaN;
    }
    return numbers;
  }

  text(field: string): TextColumn {
    const part = this.#part(field);
    const indexes: unknown = part.values;
    if (!(
      indexes instanceof Uint8Array ||
      indexes instanceof Uint16Array ||
      indexes instanceof Uint32Array
    )) {
      throw new BlockError(`The block's column ${field} is not a dictionary.`);
    }
    const values = ['', ...Array.from(part.dictionary ?? [], String)];
    const codes = codesFor(this.rows, values.length - 1);
    const { nullCount, nullBitmap } = part;
    if (nullCount > 0 && nullBitmap) {
      for (let row = 0; row < codes.length; row++) {
        codes[row] = bitAt(nullBitmap, row) === 0 ? 0 : (indexes[row] as number) + 1;
      }
    } else {
      for (let row = 0; row < codes.length; row++) codes[row] = (indexes[row] as number) + 1;
    }
    return { codes, values };
  }
}

/**
 * Opens what `encodeBlock` wrote, without reading any column.
 * @throws BlockError when the bytes are cut off, corrupt or of a newer version
 */
export function openBlock(bytes: Uint8Array): BlockColumns {
  try {
    return new ArrowBlock(tableFromIPC(inflate(bytes)));
  } catch (cause) {
    if (cause instanceof BlockError) throw cause;
    throw new BlockError('The block is not a readable Arrow stream.', { cause });
  }
}

/** A block that is in memory already, column by column. */
export function asColumns(block: Block): BlockColumns {
  const property = (field: string) => block.properties.get(field.replace(/^properties\./, ''));
  return {
    start: block.start,
    rows: block.rows,
    has: (field) => isTextField(field) || property(field) !== undefined,
    ordinals: (field) => (field === 'user' ? block.user : block.offset),
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
