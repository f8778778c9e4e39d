import { codesFor, type Block, type PropertyData, type TextColumn } from './block';
import {
  TEXT_FIELDS,
  type ColumnEvent,
  type PropertyColumn,
  type PropertyValue,
  type TextField,
} from './columnEvent';
import { Ordinals } from './ordinals';

/** Gives texts numbers. */
export interface Numbering {
  ordinalOf(text: string): number;
}

/** The numbering of raw user ids and of sessions that all blocks of a store share. */
export interface StoreOrdinals {
  readonly users: Ordinals;
  /** Session ids as sent; two people's equal ids share an ordinal, the pair (user, session) is what counts. */
  readonly sessions: Ordinals;
}

/** Codes 1…n for the texts of a column in order of first appearance, 0 for missing ones. */
function encodeTexts(
  events: readonly ColumnEvent[],
  textOf: (event: ColumnEvent) => string | null,
): TextColumn {
  const ordinals = new Ordinals();
  const wide = new Uint32Array(events.length);
  events.forEach((event, row) => {
    const text = textOf(event);
    wide[row] = text === null ? 0 : 1 + ordinals.ordinalOf(text);
  });
  const codes = codesFor(events.length, ordinals.size);
  codes.set(wide);
  return { codes, values: ['', ...ordinals.texts.map(String)] };
}

/** A declared property's value as its type has it; what does not fit is missing (`fits` tells beforehand). */
function asNumber(value: PropertyValue | undefined): number {
  return typeof value === 'number' ? value : NaN;
}

/**
 * The block of one bucket.
 * @param events the bucket's events ordered by (time, id), each within 2^32 ms after `start`
 */
export function assembleBlock(
  start: number,
  events: readonly ColumnEvent[],
  ordinals: { readonly users: Numbering; readonly sessions: Numbering },
  declared: readonly PropertyColumn[],
): Block {
  const rows = events.length;
  const offset = new Uint32Array(rows);
  const user = new Uint32Array(rows);
  const session = new Uint32Array(rows);
  const durationSec = new Float64Array(rows);
  events.forEach((event, row) => {
    offset[row] = event.at - start;
    user[row] = ordinals.users.ordinalOf(event.userId);
    session[row] = event.sessionId === null ? 0 : 1 + ordinals.sessions.ordinalOf(event.sessionId);
    durationSec[row] = event.durationSec ?? NaN;
  });
  const properties = new Map<string, PropertyData>();
  for (const { name, type } of declared) {
    if (type === 'number' || type === 'date') {
      const values = Float64Array.from(events, (event) => asNumber(event.properties[name]));
      properties.set(name, { type: 'number', values, ...(type === 'date' ? { isDate: true } : {}) });
    } else {
      const textOf = (event: ColumnEvent): string | null => {
        const value = event.properties[name];
        return value === null || value === undefined ? null : String(value);
      };
      properties.set(name, { type, column: encodeTexts(events, textOf) });
    }
  }
  const texts = Object.fromEntries(
    TEXT_FIELDS.map((field) => [field, encodeTexts(events, (event) => event.texts[field] ?? null)]),
  ) as Record<TextField, TextColumn>;
  return { start, rows, offset, user, session, durationSec, texts, properties };
}
