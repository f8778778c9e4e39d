import { tableFromIPC, type Table, type Vector } from 'apache-arrow';
import { assertVersion, codesFor, METADATA, type TextColumn } from './block';
import type { BlockColumns } from './blockColumns';
import { BlockError } from './blockError';
import { offsetsOf } from './gaps';
import { inflate } from './inflate';

const bitAt = (bitmap: Uint8Array, row: number): number => ((bitmap[row >> 3] as number) >> (row & 7)) & 1;

/** A block without an index: unpacked as a whole, each column read when it is asked for. */
export class ArrowBlock implements BlockColumns {
  /** Its columns lie in one piece of memory. */
  readonly isKept = true;
  readonly start: number;
  readonly rows: number;

  readonly #table: Table;

  /** @throws BlockError when the bytes are cut off or of a newer version; errors of zlib and Arrow */
  constructor(bytes: Uint8Array) {
    const table = tableFromIPC(inflate(bytes));
    this.#table = table;
    const { metadata } = table.schema;
    assertVersion(metadata);
    this.rows = table.numRows;
    if (Number(metadata.get(METADATA.rows)) !== this.rows) throw new BlockError('The block is cut off.');
    this.start = Number(metadata.get(METADATA.start));
  }

  has(field: string): boolean {
    return this.#table.getChild(field) !== null;
  }

  #part(field: string) {
    const vector: Vector | null = this.#table.getChild(field);
    const part = vector?.data[0];
    if (!part || vector.data.length !== 1) throw new BlockError(`The block has no column ${field}.`);
    return part;
  }

  offsets(): Uint32Array {
    return this.has('gap') ? offsetsOf(this.#ordinals('gap')) : this.#ordinals('offset');
  }

  users(): Uint32Array {
    return this.#ordinals('user');
  }

  #ordinals(field: string): Uint32Array {
    const values: unknown = this.#part(field).values;
    if (!(values instanceof Uint32Array) || values.length < this.rows) {
      throw new BlockError(`The block's column ${field} is not uint32.`);
    }
    return values.subarray(0, this.rows);
  }

  sessions(): Uint32Array {
    const ordinals = this.#ordinals('session');
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
