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

/** A gzip file of several members whose stretches are unpacked when something in them is read. */
class Members {
  readonly #bytes: Uint8Array;
  /** Of each member: where its stretch of the stream begins, and where it is stored. */
  readonly #starts: number[] = [];
  readonly #storedAt: number[] = [];
  readonly #open = new Map<number, Buffer>();

  constructor(bytes: Uint8Array, { members }: BlockIndex, extraBytes: number) {
    this.#bytes = bytes;
    let [start, storedAt] = [0, 0];
    for (const { bytes: length, storedBytes } of members) {
      this.#starts.push(start);
      this.#storedAt.push(storedAt);
      start += length;
      storedAt += storedBytes + (storedAt === 0 ? extraBytes : 0);
    }
    this.#starts.push(start);
    this.#storedAt.push(storedAt);
    if (storedAt !== bytes.length) throw new BlockError('The block is cut off.');
  }

  /** A stretch of the stream that lies in one member. */
  read(from: number, bytes: number): Buffer {
    let member = this.#starts.length - 2;
    while (member > 0 && (this.#starts[member] as number) > from) member--;
    const start = this.#starts[member] as number;
    const end = this.#starts[member + 1] as number;
    if (from + bytes > end) throw new BlockError('The index of the block is damaged.');
    const open = this.#open.get(member) ?? this.#unpack(member, end - start);
    this.#open.set(member, open);
    return open.subarray(from - start, from - start + bytes);
  }

  #unpack(member: number, bytes: number): Buffer {
    const stored = this.#bytes.subarray(this.#storedAt[member], this.#storedAt[member + 1]);
    // A little more, so that zlib needs no second look to see that this was all.
    const unpacked = gunzipSync(stored, { chunkSize: Math.max(64, bytes + 64) });
    if (unpacked.length !== bytes) throw new BlockError('The index of the block is damaged.');
    return unpacked;
  }
}

/**
 * A block with an index. Each column is read from the members it lies in when it is asked for, and no others; views
 * point into memory that belongs to this block alone, so they may be handed on.
 */
export class PackedBlock implements BlockColumns {
  readonly isKept = false;
  readonly start: number;
  readonly rows: number;
  readonly #members: Members;
  readonly #columns: ReadonlyMap<string, StoredColumn>;

  /** @throws BlockError when the bytes are not as many as the index says */
  constructor(bytes: Uint8Array, index: BlockIndex, extraBytes: number) {
    this.start = index.start;
    this.rows = index.rows;
    this.#members = new Members(bytes, index, extraBytes);
    this.#columns = new Map(index.columns.map((column) => [column.name, column]));
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

  #read(from: number, bytes: number): Buffer {
    try {
      return this.#members.read(from, bytes);
    } catch (cause) {
      if (cause instanceof BlockError) throw cause;
      throw new BlockError('The block is damaged.', { cause });
    }
  }
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
