/**
 * One event as columns hold it: the mapped fields of a stored event, ids and dictionary values as text.
 * Rows of a block are ordered by (`at`, `id`), so the id itself needs no column: equal instants keep
 * their order.
 */
export interface ColumnEvent {
  readonly id: string;
  /** ms since 1970. */
  readonly at: number;
  readonly userId: string;
  readonly sessionId: string | null;
  /** Seconds. */
  readonly durationSec: number | null;
  /** Text columns by field name; a missing value is null. */
  readonly texts: Readonly<Partial<Record<TextField, string | null>>>;
  /** Declared properties by name. */
  readonly properties: Readonly<Record<string, PropertyValue>>;
  /** Columns that can't hold this event's value exactly, with the reason. */
  readonly inexact?: ReadonlyMap<string, string>;
}

/** The event fields that are dictionary-coded columns, by their report name. */
export const TEXT_FIELDS = [
  'eventType',
  'device',
  'browser',
  'os',
  'country',
  'page.path',
  'page.url',
  'page.title',
  'page.referrer',
] as const;
export type TextField = (typeof TEXT_FIELDS)[number];

export type PropertyValue = string | number | boolean | null;

/** A date's value is its ms since 1970. */
export const PROPERTY_TYPES = ['number', 'text', 'boolean', 'date'] as const;
export type PropertyType = (typeof PROPERTY_TYPES)[number];

/** A property that the workspace keeps as a column, `name` without the leading `properties.`. */
export interface PropertyColumn {
  readonly name: string;
  readonly type: PropertyType;
}

/** Order of rows in a block and of one person's events everywhere: by time, then by id (code units of UTF-8). */
export function compareEvents(a: { at: number; id: string }, b: { at: number; id: string }): number {
  if (a.at !== b.at) return a.at - b.at;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
