import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const ids = z.array(z.string().nullable());

/**
 * The ids of one chunk of a list, in order of their ordinals; null where an id was erased.
 * @throws when the bytes are damaged or not of so many rows
 */
export function decodeIds(bytes: Uint8Array, rows: number): (string | null)[] {
  const lines = gunzipSync(bytes).toString('utf8').trimEnd();
  // A JSON text holds no line break, so the lines are the elements of one array.
  const parsed = ids.parse(JSON.parse(`[${lines.replace(/\n/g, ',')}]`));
  if (parsed.length !== rows) throw new Error('A chunk of ids is cut off.');
  return parsed;
}

/** A chunk grows up to this, so that it stays far below what a document may hold. */
export const MAX_CHUNK_IDS = 250_000;

/** The ids of `wanted` that a list has, with their ordinals, found in one pass and without an index over the list. */
export function findOrdinals(
  list: readonly (string | null)[],
  wanted: ReadonlySet<string>,
): Map<string, number> {
  const found = new Map<string, number>();
  if (wanted.size === 0) return found;
  for (let ordinal = 0; ordinal < list.length; ordinal++) {
    const id = list[ordinal];
    if (id !== null && id !== undefined && wanted.has(id)) found.set(id, ordinal);
  }
  return found;
}
