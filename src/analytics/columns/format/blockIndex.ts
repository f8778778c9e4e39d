import { BlockError } from './blockError';
import { TEXT_FIELDS } from './columnEvent';

/** How the values of a column lie in a block's Arrow stream. */
export const STORED_TYPES = ['uint32', 'float64', 'timestamp', 'codes8', 'codes16', 'codes32'] as const;
export type StoredType = (typeof STORED_TYPES)[number];

/** Bytes of one value of each type. */
export const VALUE_BYTES: Readonly<Record<StoredType, 1 | 2 | 4 | 8>> = {
  uint32: 4,
  float64: 8,
  timestamp: 8,
  codes8: 1,
  codes16: 2,
  codes32: 4,
};

/** Where a column lies: places are bytes from the beginning of the Arrow stream, multiples of 8. */
export interface StoredColumn {
  /** The Arrow field. */
  readonly name: string;
  readonly type: StoredType;
  readonly valuesAt: number;
  /** Its validity bits, where some value is missing. */
  readonly validityAt: number | null;
  /** The texts its codes stand for: `size + 1` ends as int32, and the UTF-8 between them. */
  readonly dictionary: { readonly size: number; readonly endsAt: number; readonly textAt: number } | null;
}

/** A stretch of the Arrow stream that is a gzip member of its own. */
export interface StoredMember {
  /** Bytes of the stream. */
  readonly bytes: number;
  /** Bytes of the member without the extra field that the first one has. */
  readonly storedBytes: number;
}

/**
 * What of a block can be found without unpacking it. It stands in the extra field (RFC 1952, 2.3.1.1) of the first
 * gzip member, so other readers of gzip pass over it.
 */
export interface BlockIndex {
  /** ms since 1970. */
  readonly start: number;
  readonly rows: number;
  readonly members: readonly StoredMember[];
  readonly columns: readonly StoredColumn[];
}

/** Bumped when older readers could not read an index; they then read the whole block. */
const INDEX_VERSION = 1;
/** Name of the extra field's part. */
const SUBFIELD = [0x57, 0x4d] as const;
/** Columns that every block has; others are written by name. */
const KNOWN_NAMES: readonly string[] = ['gap', 'user', 'session', 'durationSec', ...TEXT_FIELDS];
const HEADER_BYTES = 10;
const MOST_EXTRA_BYTES = 0xffff;
const HAS_EXTRA = 4;
const ALIGNMENT = 8;

/** Numbers in seven bits a byte, the lowest first. */
class IndexWriter {
  readonly bytes: number[] = [];

  number(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.bytes.push((rest % 0x80) | 0x80);
    this.bytes.push(rest);
  }

  place(at: number): void {
    this.number(at / ALIGNMENT);
  }

  text(text: string): void {
    const encoded = Buffer.from(text);
    this.number(encoded.length);
    this.bytes.push(...encoded);
  }
}

class IndexReader {
  #at = 0;
  constructor(private readonly bytes: Buffer) {}

  number(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const byte = this.bytes[this.#at++];
      if (byte === undefined) throw new BlockError('The index of the block is cut off.');
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  }

  place(): number {
    return this.number() * ALIGNMENT;
  }

  text(): string {
    const length = this.number();
    this.#at += length;
    return this.bytes.toString('utf8', this.#at - length, this.#at);
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.number() }, read);
  }
}

/**
 * The first member of a block with its index in it.
 * @param first a gzip member without an extra field
 * @returns null when the index is too long for one
 */
export function putIndex(first: Buffer, { start, rows, members, columns }: BlockIndex): Buffer | null {
  const writer = new IndexWriter();
  writer.number(INDEX_VERSION);
  // Zigzag: there are days before 1970.
  writer.number(start < 0 ? -2 * start - 1 : 2 * start);
  writer.number(rows);
  writer.number(members.length);
  for (const { bytes, storedBytes } of members) {
    writer.number(bytes);
    writer.number(storedBytes);
  }
  writer.number(columns.length);
  for (const { name, type, valuesAt, validityAt, dictionary } of columns) {
    const known = KNOWN_NAMES.indexOf(name) + 1;
    writer.number(known);
    if (known === 0) writer.text(name);
    writer.number(STORED_TYPES.indexOf(type));
    writer.place(valuesAt);
    // No column begins where the stream does.
    writer.place(validityAt ?? 0);
    if (!type.startsWith('codes')) continue;
    writer.number(dictionary?.size ?? 0);
    if (!dictionary) continue;
    writer.place(dictionary.endsAt);
    writer.place(dictionary.textAt);
  }
  const { length } = writer.bytes;
  if (length + 4 > MOST_EXTRA_BYTES) return null;
  const lengths = Buffer.alloc(6);
  lengths.writeUInt16LE(length + 4, 0);
  lengths.set(SUBFIELD, 2);
  lengths.writeUInt16LE(length, 4);
  const header = Buffer.from(first.subarray(0, HEADER_BYTES));
  header[3] = HAS_EXTRA;
  return Buffer.concat([header, lengths, Buffer.from(writer.bytes), first.subarray(HEADER_BYTES)]);
}

function readColumn(reader: IndexReader): StoredColumn {
  const known = reader.number();
  const name = known === 0 ? reader.text() : KNOWN_NAMES[known - 1];
  const type = STORED_TYPES[reader.number()];
  if (name === undefined || type === undefined) throw new BlockError('The index of the block is damaged.');
  const valuesAt = reader.place();
  const validityAt = reader.place();
  const size = type.startsWith('codes') ? reader.number() : 0;
  const dictionary = size === 0 ? null : { size, endsAt: reader.place(), textAt: reader.place() };
  return { name, type, valuesAt, validityAt: validityAt === 0 ? null : validityAt, dictionary };
}

/**
 * The index of a block, and how many bytes the extra field adds to its first member; null for a block that has none.
 * @throws BlockError when it is cut off or damaged
 */
export function readIndex(
  block: Uint8Array,
): { readonly index: BlockIndex; readonly extraBytes: number } | null {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  const begin = HEADER_BYTES + 6;
  if (bytes.length < begin || bytes[3] !== HAS_EXTRA) return null;
  if (bytes[HEADER_BYTES + 2] !== SUBFIELD[0] || bytes[HEADER_BYTES + 3] !== SUBFIELD[1]) return null;
  const extraBytes = 2 + bytes.readUInt16LE(HEADER_BYTES);
  const reader = new IndexReader(bytes.subarray(begin, begin + bytes.readUInt16LE(HEADER_BYTES + 4)));
  if (reader.number() !== INDEX_VERSION) return null;
  const zigzag = reader.number();
  const start = zigzag % 2 === 1 ? -(zigzag + 1) / 2 : zigzag / 2;
  const rows = reader.number();
  const members = reader.list(() => ({ bytes: reader.number(), storedBytes: reader.number() }));
  const columns = reader.list(() => readColumn(reader));
  return { index: { start, rows, members, columns }, extraBytes };
}
