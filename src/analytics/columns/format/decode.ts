import { gunzipSync } from 'node:zlib';
import { tableFromIPC, type Vector } from 'apache-arrow';
import { assertVersion, codesFor, METADATA, type Block, type PropertyData, type TextColumn } from './block';
import { BlockError } from './blockError';
import { offsetsOf } from './gaps';
import { TEXT_FIELDS, type TextField } from './columnEvent';

/** Whether a row of an Arrow column is null. */
function isMissing(bitmap: Uint8Array | undefined, row: number): boolean {
  return bitmap !== undefined && bitmap.length > 0 && (((bitmap[row >> 3] ?? 0) >> (row & 7)) & 1) === 0;
}

function partOf(vector: Vector | null, field: string) {
  const part = vector?.data[0];
  if (!part || vector.data.length !== 1) throw new BlockError(`The block has no column ${field}.`);
  return part;
}

function readUint32(vector: Vector | null, field: string, rows: number): Uint32Array {
  const values: unknown = partOf(vector, field).values;
  if (!(values instanceof Uint32Array) || values.length < rows) {
    throw new BlockError(`The block's column ${field} is not uint32.`);
  }
  return values.subarray(0, rows);
}

function readNumbers(vector: Vector | null, field: string, rows: number): Float64Array {
  const part = partOf(vector, field);
  const stored: unknown = part.values;
  const values = stored instanceof BigInt64Array ? Float64Array.from(stored, Number) : stored;
  if (!(values instanceof Float64Array) || values.length < rows) {
    throw new BlockError(`The block's column ${field} is not float64.`);
  }
  if (part.nullCount === 0) return values.subarray(0, rows);
  return Float64Array.from({ length: rows }, (_, row) =>
    isMissing(part.nullBitmap, row) ? NaN : (values[row] ?? NaN),
  );
}

function readText(vector: Vector | null, field: string, rows: number): TextColumn {
  const part = partOf(vector, field);
  const indexes: unknown = part.values;
  if (!(indexes instanceof Uint8Array || indexes instanceof Uint16Array || indexes instanceof Uint32Array)) {
    throw new BlockError(`The block's column ${field} is not a dictionary.`);
  }
  const values = ['', ...Array.from(part.dictionary ?? [], String)];
  const codes = codesFor(rows, values.length - 1);
  const bitmap = part.nullCount > 0 ? part.nullBitmap : undefined;
  for (let row = 0; row < rows; row++) codes[row] = isMissing(bitmap, row) ? 0 : (indexes[row] ?? 0) + 1;
  return { codes, values };
}

function readSessions(vector: Vector | null, rows: number): Uint32Array {
  const ordinals = readUint32(vector, 'session', rows);
  const part = partOf(vector, 'session');
  const bitmap = part.nullCount > 0 ? part.nullBitmap : undefined;
  return ordinals.map((ordinal, row) => (isMissing(bitmap, row) ? 0 : ordinal + 1));
}

function readProperty(vector: Vector, field: string, rows: number): PropertyData {
  const values: unknown = partOf(vector, field).values;
  if (values instanceof Float64Array) return { type: 'number', values: readNumbers(vector, field, rows) };
  if (values instanceof BigInt64Array) {
    return { type: 'number', isDate: true, values: readNumbers(vector, field, rows) };
  }
  return { type: 'text', column: readText(vector, field, rows) };
}

/**
 * Reads what `encodeBlock` wrote.
 * @throws BlockError when the bytes are cut off, corrupt or of a newer version
 */
export function decodeBlock(bytes: Uint8Array): Block {
  try {
    const table = tableFromIPC(gunzipSync(bytes));
    assertVersion(table.schema.metadata);
    const rows = table.numRows;
    if (Number(table.schema.metadata.get(METADATA.rows)) !== rows)
      throw new BlockError('The block is cut off.');
    const column = (field: string): Vector | null => table.getChild(field);
    const properties = new Map<string, PropertyData>();
    for (const { name } of table.schema.fields) {
      const vector = name.startsWith('properties.') ? column(name) : null;
      if (vector) properties.set(name.slice('properties.'.length), readProperty(vector, name, rows));
    }
    return {
      start: Number(table.schema.metadata.get(METADATA.start)),
      rows,
      offset: column('gap')
        ? offsetsOf(readUint32(column('gap'), 'gap', rows))
        : readUint32(column('offset'), 'offset', rows),
      user: readUint32(column('user'), 'user', rows),
      session: readSessions(column('session'), rows),
      durationSec: readNumbers(column('durationSec'), 'durationSec', rows),
      texts: Object.fromEntries(
        TEXT_FIELDS.map((field) => [field, readText(column(field), field, rows)]),
      ) as Record<TextField, TextColumn>,
      properties,
    };
  } catch (cause) {
    if (cause instanceof BlockError) throw cause;
    throw new BlockError('The block is not a readable Arrow stream.', { cause });
  }
}
