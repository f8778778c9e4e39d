import type { Document } from 'mongodb';
import type { Block, PropertyData, TextColumn } from '../format/block';

/** Rows of an ordered list of instants that lie before one. */
function countBefore(offset: Uint32Array, limit: number): number {
  let low = 0;
  let high = offset.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((offset[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

const firstOf = ({ codes, values }: TextColumn, rows: number): TextColumn => ({
  codes: codes.subarray(0, rows),
  values,
});

/** A block moved in time, without the events from an instant on. @param ms added to every instant @param until ms */
export function shiftBlock(block: Block, ms: number, until: number): Block {
  const start = block.start + ms;
  const rows = countBefore(block.offset, until - start);
  if (rows === block.rows) return { ...block, start };
  const properties = new Map<string, PropertyData>();
  for (const [name, data] of block.properties) {
    properties.set(
      name,
      data.type === 'number'
        ? { ...data, values: data.values.subarray(0, rows) }
        : { ...data, column: firstOf(data.column, rows) },
    );
  }
  return {
    start,
    rows,
    offset: block.offset.subarray(0, rows),
    user: block.user.subarray(0, rows),
    session: block.session.subarray(0, rows),
    durationSec: block.durationSec.subarray(0, rows),
    texts: Object.fromEntries(
      Object.entries(block.texts).map(([field, column]) => [field, firstOf(column, rows)]),
    ) as Block['texts'],
    properties,
  };
}

/** A stored document with every date at its top moved in time, to an instant at most. @param ms added @param until ms */
export function shiftDates(document: Document, ms: number, until: number): Document {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Date ? new Date(Math.min(value.getTime() + ms, until)) : value,
    ]),
  );
}
