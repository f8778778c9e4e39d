import { gunzipSync } from 'node:zlib';
import { codesFor, type TextColumn } from './block';
import { BlockError } from './blockError';
import { VALUE_BYTES, type BlockIndex, type StoredColumn, type StoredType } from './blockIndex';
import { offsetsOf } from './gaps';
import type { BlockColumns } from './blockColumns';

const CODES = { codes8: Uint8Array, codes16: Uint16Array, codes32: Uint32Array } as const;
type CodesType = keyof typeof CODES;

const isCodes = (type: StoredType): type is CodesType => type in CODES;
const bitAt = (bits: Uint8Array, row: number): number => ((bits[row >> 3] as number) >> (row & 7)) & 1;

/** Members of a block with what is needed for reading the columns in them; it can be handed from thread to thread. */
export interface PackedColumns {
  /** ms since 1970. */
  readonly start: number;
  readonly rows: number;
  readonly columns: readonly StoredColumn[];
  /** In the order of the stream: where each one's stretch begins, its bytes, and the gzip member. */
  readonly members: readonly { readonly at: number; readonly bytes: number; readonly stored: Uint8Array }[];
}

/**
 * All columns of a block that has an index.
 * @throws BlockError when the bytes are not as many as the index says
 */
export function packedColumns(block: Uint8Array, index: BlockIndex, extraBytes: number): PackedColumns {
  let [at, storedAt] = [0, 0];
  const members = index.members.map(({ bytes, storedBytes }, member) => {
    const end = storedAt + storedBytes + (member === 0 ? extraBytes : 0);
    const found = { at, bytes, stored: block.subarray(storedAt, end) };
    at += bytes;
    storedAt = end;
    return found;
  });
  if (storedAt !== block.length) throw new BlockError('The block is cut off.');
  return { start: index.start, rows: index.rows, columns: index.columns, members };
}

/**
 * A block with an index. Each column is read from the members it lies in when it is asked for, and no others; views
 * point into memory that belongs to this block alone, so they may be handed on.
 */
export class PackedBlock implements BlockColumns {
  readonly isKept = false;
  readonly start: number;
  readonly rows: number;
  readonly #packed: PackedColumns;
  readonly #columns: ReadonlyMap<string, StoredColumn>;
  readonly #unpacked = new Map<number, Buffer>();

  constructor(packed: PackedColumns) {
    this.start = packed.start;
    this.rows = packed.rows;
    this.#packed = packed;
    this.#columns = new Map(packed.columns.map((column) => [column.name, column]));
  }

  /** A copy of some columns as they are stored; dictionaries are left out. */
  pick(fields: readonly string[]): PackedColumns {
    const columns = fields.map((field) => this.#column(field));
    const places = columns.flatMap(({ valuesAt, validityAt }) =>
      validityAt === null ? [valuesAt] : [valuesAt, validityAt],
    );
    const members = this.#packed.members
      .filter(({ at, bytes }) => places.some((place) => place >= at && place < at + bytes))
      .map((member) => ({ ...member, stored: Uint8Array.from(member.stored) }));
    return { start: this.start, rows: this.rows, columns, members };
  }

  /** The memory its views lie in; nobody may look at them when it has been given back. */
  get memory(): ReadonlySet<ArrayBufferLike> {
    return new Set([...this.#unpacked.values()].map(({ buffer }) => buffer));
  }

  has(field: string): boolean {
    return this.#columns.has(field);
  }

  offsets(): Uint32Array {
    return this.has('gap') ? offsetsOf(this.#ordinals('gap')) : this.#ordinals('offset');
  }

  users(): Uint32Array {
    return this.#ordinals('user');
  }

  #ordinals(field: string): Uint32Array {
    const column = this.#column(field);
    if (column.type !== 'uint32') throw new BlockError(`The block's column ${field} is not uint32.`);
    return view(Uint32Array, this.#values(column));
  }

  sessions(): Uint32Array {
    const sessions = this.#ordinals('session').slice();
    const bits = this.#validity(this.#column('session'));
    for (let row = 0; row < sessions.length; row++) {
      sessions[row] = bits && bitAt(bits, row) === 0 ? 0 : (sessions[row] as number) + 1;
    }
    return sessions;
  }

  numbers(field: string): Float64Array | null {
    const column = this.#column(field);
    if (column.type !== 'float64' && column.type !== 'timestamp') return null;
    const values = this.#values(column);
    const numbers =
      column.type === 'timestamp'
        ? Float64Array.from(view(BigInt64Array, values), Number)
        : view(Float64Array, values).slice();
    const bits = this.#validity(column);
    if (bits) for (let row = 0; row < numbers.length; row++) if (bitAt(bits, row) === 0) numbers[row] = NaN;
    return numbers;
  }

  text(field: string): TextColumn {
    const column = this.#column(field);
    if (!isCodes(column.type)) throw new BlockError(`The block's column ${field} is not a dictionary.`);
    const indexes = view<Uint8Array | Uint16Array | Uint32Array>(CODES[column.type], this.#values(column));
    const values = ['', ...this.#texts(column)];
    const codes = codesFor(this.rows, values.length - 1);
    const bits = this.#validity(column);
    if (bits) {
      for (let row = 0; row < codes.length; row++) {
        codes[row] = bitAt(bits, row) === 0 ? 0 : (indexes[row] as number) + 1;
      }
    } else {
      for (let row = 0; row < codes.length; row++) codes[row] = (indexes[row] as number) + 1;
    }
    return { codes, values };
  }

  #column(field: string): StoredColumn {
    const column = this.#columns.get(field);
    if (!column) throw new BlockError(`The block has no column ${field}.`);
    return column;
  }

  #values({ type, valuesAt }: StoredColumn): Buffer {
    return this.#read(valuesAt, VALUE_BYTES[type] * this.rows);
  }

  #validity({ validityAt }: StoredColumn): Buffer | null {
    return validityAt === null ? null : this.#read(validityAt, Math.ceil(this.rows / 8));
  }

  #texts({ dictionary }: StoredColumn): string[] {
    if (!dictionary) return [];
    const { size, endsAt, textAt } = dictionary;
    const ends = view(Int32Array, this.#read(endsAt, 4 * (size + 1)));
    const text = this.#read(textAt, ends[size] as number);
    return Array.from({ length: size }, (_, index) => text.toString('utf8', ends[index], ends[index + 1]));
  }

  /** A stretch of the stream that lies in one member. */
  #read(from: number, bytes: number): Buffer {
    const index = this.#packed.members.findIndex((one) => from >= one.at && from < one.at + one.bytes);
    const member = this.#packed.members[index];
    if (!member || from + bytes > member.at + member.bytes) {
      throw new BlockError('The index of the block is damaged.');
    }
    const unpacked = this.#unpacked.get(index) ?? unpack(member.stored, member.bytes);
    this.#unpacked.set(index, unpacked);
    return unpacked.subarray(from - member.at, from - member.at + bytes);
  }
}

function unpack(stored: Uint8Array, bytes: number): Buffer {
  try {
    // A little more, so that zlib needs no second look to see that this was all.
    const unpacked = gunzipSync(stored, { chunkSize: Math.max(64, bytes + 64) });
    if (unpacked.length === bytes) return unpacked;
  } catch (cause) {
    throw new BlockError('The block is damaged.', { cause });
  }
  throw new BlockError('The index of the block is damaged.');
}

/** Bytes as numbers, without a copy where they lie as numbers must. */
function view<T extends ArrayBufferView & { readonly BYTES_PER_ELEMENT: number }>(
  type: {
    readonly BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBufferLike, from: number, length: number): T;
  },
  bytes: Buffer,
): T {
  const size = type.BYTES_PER_ELEMENT;
  const length = bytes.length / size;
  if (bytes.byteOffset % size === 0) return new type(bytes.buffer, bytes.byteOffset, length);
  return new type(Uint8Array.from(bytes).buffer, 0, length);
}
