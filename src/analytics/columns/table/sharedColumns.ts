import type { TextField } from '../format/columnEvent';
import type { TimeWords } from './times';

/** A column of a table in memory: `at` (ms), `session`, `user`, `durationSec`, a text field, `properties.…`. */
export type ColumnName = 'at' | 'session' | 'user' | 'durationSec' | TextField | `properties.${string}`;

export type Codes = Uint8Array | Uint16Array | Uint32Array;

/**
 * A column over all rows of a table, in shared memory. `codes`: indexes of `values`, 0 is missing.
 * `ordinals`: `session` (0: none, else 1 + ordinal) and `user` (raw ordinal). `numbers`: NaN is missing.
 * `times`: `at`. `thousandths`: numbers that all are whole thousandths, as `toThousandths` has them. `inSessions`: `session`, once
 * the sessions of every part know their ids.
 */
export type SharedColumn =
  | { readonly kind: 'codes'; readonly codes: Codes; readonly values: readonly string[] }
  | { readonly kind: 'ordinals'; readonly ordinals: Uint32Array }
  | { readonly kind: 'numbers'; readonly numbers: Float64Array }
  | ({ readonly kind: 'times' } & TimeWords)
  | { readonly kind: 'thousandths'; readonly thousandths: Uint32Array }
  | { readonly kind: 'inSessions' };

/** What every lane knows of a table; rows lie person after person. */
export interface TableHead {
  readonly id: number;
  readonly rows: number;
  /** Rows of person p are `start[p]` … `start[p + 1] − 1`. */
  readonly start: Uint32Array;
  /** Canonical user ordinal of each person. */
  readonly canonical: Uint32Array;
  /** Persons of part i are `parts[i]` … `parts[i + 1] − 1`. */
  readonly parts: readonly number[];
  /** Length of the list of session ids. */
  readonly sessionCount: number;
}

/** Memory that worker threads see without copying. */
export function share(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes);
}

/** The narrowest shared array that can hold codes up to `max`. */
export function shareCodes(length: number, max: number): Codes {
  if (max < 1 << 8) return new Uint8Array(share(length));
  return max < 1 << 16 ? new Uint16Array(share(2 * length)) : new Uint32Array(share(4 * length));
}

/** Bytes a row of a column takes at most, before its dictionary is known. */
export function bytesPerRow(name: ColumnName): number {
  if (name === 'at' || name === 'durationSec') return 8;
  if (name === 'session' || name === 'user') return 4;
  if (name.startsWith('properties.')) return 8;
  return name === 'page.url' || name === 'page.title' || name === 'page.referrer' ? 4 : 2;
}
