import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { tableFromIPC, type Table } from 'apache-arrow';
import { putIndex, type StoredColumn, type StoredMember, type StoredType } from './blockIndex';

const gzipAsync = promisify(gzip);
/** Little memory makes zlib adapt its codes more often, which suits columns. */
const GZIP = { level: 6, memLevel: 6 };

/** Smaller stretches share a member: each has a price of its own, in bytes and in calls. */
const LEAST_MEMBER_BYTES = 16_384;

function typeOf(values: unknown, isDictionary: boolean): StoredType {
  if (values instanceof Float64Array) return 'float64';
  if (values instanceof BigInt64Array) return 'timestamp';
  if (values instanceof Uint8Array && isDictionary) return 'codes8';
  if (values instanceof Uint16Array && isDictionary) return 'codes16';
  if (values instanceof Uint32Array) return isDictionary ? 'codes32' : 'uint32';
  throw new Error('A block has columns of known types only.');
}

/** Where the columns of a block lie in its stream, seen from a reader's views into it. */
function locateColumns(stream: Uint8Array, table: Table): StoredColumn[] {
  const placeOf = (view: ArrayBufferView): number => {
    if (view.buffer !== stream.buffer) throw new Error('Arrow gave a copy in place of a view.');
    return view.byteOffset - stream.byteOffset;
  };
  return table.schema.fields.map(({ name }): StoredColumn => {
    const part = table.getChild(name)?.data[0];
    if (!part) throw new Error(`There is no column ${name}.`);
    const texts = part.dictionary?.data[0];
    const values: unknown = part.values;
    const isEmpty = part.length === 0 || !ArrayBuffer.isView(values);
    return {
      name,
      type: typeOf(values, part.dictionary !== undefined),
      valuesAt: isEmpty ? 0 : placeOf(values),
      validityAt: part.nullCount > 0 && part.nullBitmap ? placeOf(part.nullBitmap) : null,
      dictionary:
        texts && texts.length > 0
          ? {
              size: texts.length,
              endsAt: placeOf(texts.valueOffsets),
              textAt: placeOf(texts.values as Uint8Array),
            }
          : null,
    };
  });
}

/** Places at which members begin: where a column's bytes do, with at least so many bytes in each. */
function cutMembers(bytes: number, columns: readonly StoredColumn[]): number[] {
  const places = columns.flatMap(({ valuesAt, validityAt, dictionary }) => [
    validityAt === null ? valuesAt : Math.min(validityAt, valuesAt),
    ...(dictionary ? [Math.min(dictionary.endsAt, dictionary.textAt)] : []),
  ]);
  const cuts = [0];
  for (const place of places.sort((a, b) => a - b)) {
    if (place - (cuts[cuts.length - 1] as number) < LEAST_MEMBER_BYTES) continue;
    if (bytes - place >= LEAST_MEMBER_BYTES) cuts.push(place);
  }
  return [...cuts, bytes];
}

/**
 * Compresses the Arrow stream of one record batch as a gzip file of several members, cut between columns, with an index
 * in the first. Any reader of gzip gets the stream back; ours unpacks the members of the columns it is asked for.
 * @param start of the block, ms since 1970
 */
export async function packStream(stream: Uint8Array, start: number, rows: number): Promise<Buffer> {
  const columns = rows === 0 ? [] : locateColumns(stream, tableFromIPC(stream));
  const cuts = cutMembers(stream.length, columns);
  const packed = await Promise.all(
    cuts.slice(1).map((end, member) => gzipAsync(stream.subarray(cuts[member], end), GZIP)),
  );
  const members = packed.map(({ length }, member): StoredMember => ({
    bytes: (cuts[member + 1] as number) - (cuts[member] as number),
    storedBytes: length,
  }));
  const [first, ...others] = packed;
  const indexed = first && rows > 0 ? putIndex(first, { start, rows, members, columns }) : null;
  return indexed ? Buffer.concat([indexed, ...others]) : gzipAsync(stream, GZIP);
}
