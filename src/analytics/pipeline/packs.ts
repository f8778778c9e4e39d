import type { Document } from 'mongodb';
import type { Expression } from '../mapping/fields';

/**
 * How many documents rows are packed into; null: one row a document. Reading a number of an array costs the
 * driver a tenth of reading a document of its own, and a document with a nested id costs most.
 */
export type Packs = number | null;

/** Numbers of packs are prime, so that instants which are whole seconds or days spread over all of them. */
const PRIMES = [1, 7, 19, 37, 79, 151, 307, 601, 1201] as const;
/** Rows of so many events make a pack of a few megabytes at most. */
const EVENTS_PER_PACK = 20_000;

/** The number of packs for rows made of so many events; null when there are too many events to pack. */
export function packsFor(events: number | undefined): Packs {
  if (events === undefined) return null;
  return PRIMES.find((packs) => events <= packs * EVENTS_PER_PACK) ?? null;
}

/**
 * Ends a pipeline of rows: each document holds columns, arrays of equal length in which entry i belongs to
 * row i. Without packs a document holds one row, so that whoever reads them need not know.
 * @param columns one expression a column; null and missing are both null
 * @param spread a whole number that tells rows apart well, such as an instant in ms
 * @param isLarge whether a row is so large that it gets a document of its own
 */
export function packRows(
  columns: Readonly<Record<string, Expression>>,
  spread: Expression,
  packs: Packs,
  isLarge?: Expression,
): Document[] {
  const entries = Object.entries(columns);
  if (packs === null) {
    return [
      {
        $project: {
          _id: 0,
          ...Object.fromEntries(entries.map(([name, value]) => [name, [{ $ifNull: [value, null] }]])),
        },
      },
    ];
  }
  const place: Expression = packs === 1 ? null : { $mod: [spread, packs] };
  return [
    {
      $group: {
        _id: isLarge === undefined ? place : { $cond: [isLarge, { row: '$_id' }, place] },
        ...Object.fromEntries(entries.map(([name, value]) => [name, { $push: { $ifNull: [value, null] } }])),
      },
    },
  ];
}
