import type { Vector } from 'apache-arrow';
import {
  Dictionary,
  Float64,
  makeData,
  makeVector,
  Schema,
  Table,
  tableToIPC,
  TimestampMillisecond,
  Uint16,
  Uint32,
  Uint8,
  Utf8,
  vectorFromArray,
  type DataType,
} from 'apache-arrow';
import {
  BLOCK_VERSION,
  METADATA,
  propertyField,
  type Block,
  type PropertyData,
  type TextColumn,
} from './block';
import { TEXT_FIELDS } from './columnEvent';
import { gapsOf } from './gaps';
import { packStream } from './pack';

/** Validity bits of a column, least significant bit first, as Arrow wants them. */
function validityOf(
  rows: number,
  isMissing: (row: number) => boolean,
): { bitmap: Uint8Array; missing: number } {
  const bitmap = new Uint8Array(Math.ceil(rows / 8));
  let missing = 0;
  for (let row = 0; row < rows; row++) {
    if (isMissing(row)) missing++;
    else bitmap[row >> 3] = (bitmap[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return { bitmap, missing };
}

/**
 * A text column as an Arrow dictionary; our code 0 (missing) becomes null, the others move down by one.
 * @param id the dictionary's number in the stream; given, so that equal blocks have equal bytes
 */
function dictionaryVector(column: TextColumn, id: number): Vector {
  const rows = column.codes.length;
  const { bitmap, missing } = validityOf(rows, (row) => column.codes[row] === 0);
  const indexes = column.codes.slice();
  for (let row = 0; row < rows; row++) indexes[row] = Math.max(0, (indexes[row] ?? 0) - 1);
  const index =
    indexes instanceof Uint8Array
      ? new Uint8()
      : indexes instanceof Uint16Array
        ? new Uint16()
        : new Uint32();
  return makeVector(
    makeData({
      type: new Dictionary(new Utf8(), index, id),
      data: indexes,
      dictionary: vectorFromArray(column.values.slice(1), new Utf8()),
      nullBitmap: missing > 0 ? bitmap : null,
      nullCount: missing,
      length: rows,
    }),
  );
}

/** A number column in which NaN becomes null. */
function numberVector(values: Float64Array): Vector {
  const { bitmap, missing } = validityOf(values.length, (row) => Number.isNaN(values[row]));
  return makeVector(
    makeData({
      type: new Float64(),
      data: values.map((value) => (Number.isNaN(value) ? 0 : value)),
      nullBitmap: missing > 0 ? bitmap : null,
      nullCount: missing,
      length: values.length,
    }),
  );
}

/** A date column, ms since 1970, in which NaN becomes null. */
function dateVector(values: Float64Array): Vector {
  const { bitmap, missing } = validityOf(values.length, (row) => Number.isNaN(values[row]));
  return makeVector(
    makeData({
      type: new TimestampMillisecond(),
      data: BigInt64Array.from(values, (value) => BigInt(Number.isNaN(value) ? 0 : value)),
      nullBitmap: missing > 0 ? bitmap : null,
      nullCount: missing,
      length: values.length,
    }),
  );
}

function propertyVector(property: PropertyData, id: number): Vector {
  if (property.type !== 'number') return dictionaryVector(property.column, id);
  return property.isDate === true ? dateVector(property.values) : numberVector(property.values);
}

/**
 * A block as a gzip-compressed Arrow IPC stream that any Arrow reader opens: `gap` (uint32, ms since the row
 * before, of the first since the bucket's start, which is in the schema's metadata), `user`, `session` (uint32 ordinals, session null when
 * there is none), `durationSec`, the dictionary columns, and `properties.*`. An index tells where each column lies.
 */
export async function encodeBlock(block: Block): Promise<Buffer> {
  const sessions = validityOf(block.rows, (row) => block.session[row] === 0);
  const columns: Record<string, Vector> = {
    gap: makeVector(gapsOf(block.offset)),
    user: makeVector(block.user),
    session: makeVector(
      makeData({
        type: new Uint32(),
        data: block.session.map((session) => Math.max(0, session - 1)),
        nullBitmap: sessions.missing > 0 ? sessions.bitmap : null,
        nullCount: sessions.missing,
        length: block.rows,
      }),
    ),
    durationSec: numberVector(block.durationSec),
  };
  TEXT_FIELDS.forEach((field, id) => (columns[field] = dictionaryVector(block.texts[field], id)));
  let id = TEXT_FIELDS.length;
  for (const [name, property] of block.properties) {
    columns[propertyField(name)] = propertyVector(property, id);
    if (property.type !== 'number') id++;
  }
  const table = new Table<Record<string, DataType>>(columns);
  const metadata = new Map([
    [METADATA.version, String(BLOCK_VERSION)],
    [METADATA.start, String(block.start)],
    [METADATA.rows, String(block.rows)],
  ]);
  const described = new Table(new Schema(table.schema.fields, metadata), table.batches);
  return packStream(tableToIPC(described, 'stream'), block.start, block.rows);
}
