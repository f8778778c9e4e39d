import { BlockError } from './blockError';
import { PROPERTY_TYPES, TEXT_FIELDS, type PropertyColumn, type TextField } from './columnEvent';

/**
 * Bumped when older readers could not read a block correctly. 1 had `offset` (ms since the block's start) in place of
 * `gap`; it is still read.
 */
export const BLOCK_VERSION = 2;
const KNOWN_VERSIONS: readonly number[] = [1, BLOCK_VERSION];

/** A dictionary-coded column: `codes[row]` indexes `values`; code 0 is "missing" and `values[0]` is ''. */
export interface TextColumn {
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  readonly values: readonly string[];
}

/** One column of a declared property. Numbers: NaN is missing; dates are numbers, ms since 1970. */
export type PropertyData =
  | { readonly type: 'number'; readonly values: Float64Array; readonly isDate?: true }
  | { readonly type: 'text' | 'boolean'; readonly column: TextColumn };

/** The events of one time bucket, column by column; rows ordered by (time, event id). */
export interface Block {
  /** Start of the bucket, ms since 1970. */
  readonly start: number;
  readonly rows: number;
  /** ms since `start`. */
  readonly offset: Uint32Array;
  /** Ordinal of the raw user id in the store's user list. */
  readonly user: Uint32Array;
  /** 0: the event has no session id; else 1 + its ordinal in the store's session list. */
  readonly session: Uint32Array;
  /** Seconds; NaN is missing. */
  readonly durationSec: Float64Array;
  readonly texts: Readonly<Record<TextField, TextColumn>>;
  readonly properties: ReadonlyMap<string, PropertyData>;
}

/** Metadata keys of the Arrow schema. */
export const METADATA = { version: 'waymark.version', start: 'waymark.start', rows: 'waymark.rows' } as const;

/** @throws BlockError when the metadata of an Arrow schema name a version that is not known */
export function assertVersion(metadata: ReadonlyMap<string, string>): void {
  const version = Number(metadata.get(METADATA.version));
  if (!KNOWN_VERSIONS.includes(version)) {
    throw new BlockError(`The block has version ${version}; ${KNOWN_VERSIONS.join(' and ')} are known.`);
  }
}

/** Arrow field name of a declared property. */
export function propertyField(name: string): string {
  return `properties.${name}`;
}

/** Whether a text names a column every block has. */
export function isTextField(field: string): field is TextField {
  return (TEXT_FIELDS as readonly string[]).includes(field);
}

/** The narrowest unsigned array that can hold codes up to `max`. */
export function codesFor(length: number, max: number): Uint8Array | Uint16Array | Uint32Array {
  if (max < 1 << 8) return new Uint8Array(length);
  return max < 1 << 16 ? new Uint16Array(length) : new Uint32Array(length);
}

/** Reads `amount:number` as a declared property; `string` is another word for `text`. */
export function parsePropertyColumn(text: string): PropertyColumn | undefined {
  const match = /^properties\.(.+):(\w+)$/.exec(text) ?? /^(.+):(\w+)$/.exec(text);
  const named = match?.[2] === 'string' ? 'text' : match?.[2];
  const type = PROPERTY_TYPES.find((known) => known === named);
  return match?.[1] !== undefined && type ? { name: match[1], type } : undefined;
}
