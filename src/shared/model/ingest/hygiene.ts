/**
 * Values that broken clients send in place of an id; compared in lower case, trimmed. They never name a person
 * or a session, and never merge two people.
 */
export const JUNK_IDS: ReadonlySet<string> = new Set([
  '',
  '0',
  '-1',
  'null',
  'undefined',
  'none',
  'nil',
  'nan',
  'true',
  'false',
  'anonymous',
  'anon',
  'guest',
  'unknown',
  'user',
  'user_id',
  'userid',
  'distinct_id',
  'distinctid',
  'id',
  'email',
  'not_authenticated',
  'n/a',
  '[object object]',
  '{}',
  '[]',
  '""',
  "''",
  '00000000-0000-0000-0000-000000000000',
]);

/** The longest id that is taken, in characters. */
export const MAX_ID_LENGTH = 1_000;

/** Whether a text cannot be anybody's id. */
export const isJunkId = (id: string): boolean => JUNK_IDS.has(id.trim().toLowerCase());

/** Whether a number names one thing: whole numbers beyond 2⁵³ were rounded when their JSON was read. */
export const isExactId = (id: number): boolean =>
  Number.isFinite(id) && (Number.isSafeInteger(id) || !Number.isInteger(id));

/**
 * An id as text, or undefined when it is missing, junk, too long, a number that was rounded, or neither text nor
 * number. Unpaired surrogates and NULs are replaced, so that the id is the same after a trip through the database.
 */
export function readId(value: unknown): string | undefined {
  if (typeof value === 'number')
    return isExactId(value) && !isJunkId(String(value)) ? String(value) : undefined;
  if (typeof value !== 'string') return undefined;
  const id = cleanText(value);
  return id.length > MAX_ID_LENGTH || isJunkId(id) ? undefined : id;
}

const SUSPECT = /[\0\ud800-\udfff]/;
const UNPAIRED = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Replaces NULs and unpaired surrogates by U+FFFD; UTF-8 and BSON cannot carry them unchanged. */
export function cleanText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text.replace(UNPAIRED, '\ufffd').replaceAll('\0', '\ufffd');
}

/** How deep values may nest; MongoDB itself stops at 100 with the event's own levels included. */
export const MAX_DEPTH = 32;

/** Thrown by `cleanValue` for what cannot be stored; the message is the reason given to the client. */
export class UnstorableError extends Error {}

const PLAIN_KEY = /^[^$.\0\ud800-\udfff][^.\0\ud800-\udfff]*$/;

/**
 * A field name that can be stored and asked for: leading `$` are dropped, dots become `_`. Null for names that
 * are dropped altogether (`__proto__`, the empty name).
 */
export function cleanKey(key: string): string | null {
  if (key === '__proto__') return null;
  if (PLAIN_KEY.test(key)) return key;
  const clean = cleanText(key).replace(/^\$+/, '').replaceAll('.', '_');
  return clean === '' || clean === '__proto__' ? null : clean;
}

/**
 * A JSON value as MongoDB stores it unchanged: no operators, dots, NULs or prototype keys among the names. What is
 * so already comes back itself, anything else as a copy. Where two names become one, the one that needed no change
 * wins, else the first. A number too large for a double (`1e400`) becomes null: as infinity it would be every sum
 * it is part of.
 *
 * @throws UnstorableError when it nests deeper than `MAX_DEPTH` levels
 */
export function cleanValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'number') return Number.isFinite(value) ? value : null;
    return typeof value === 'boolean' || value === null ? value : undefined;
  }
  if (depth >= MAX_DEPTH) throw new UnstorableError(`values may nest at most ${MAX_DEPTH} levels deep`);
  if (!Array.isArray(value)) return cleanRecord(value as Record<string, unknown>, depth);
  const elements = value.map((element) => cleanValue(element, depth + 1));
  return elements.every((element, index) => element === value[index]) ? value : elements;
}

/** `cleanValue` for an object; see there. */
export function cleanRecord(record: Record<string, unknown>, depth = 0): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  let renamed: [string, unknown][] | undefined;
  const keys = Object.keys(record);
  for (const [index, key] of keys.entries()) {
    const name = cleanKey(key);
    const own = record[key];
    const value = name === null || own === undefined ? undefined : cleanValue(own, depth + 1);
    if (name === key && value !== undefined && value === own) {
      if (copy) copy[key] = value;
      continue;
    }
    copy ??= pick(record, keys.slice(0, index));
    if (name === null || value === undefined) continue;
    if (name === key) copy[name] = value;
    else (renamed ??= []).push([name, value]);
  }
  if (!copy) return record;
  for (const [name, value] of renamed ?? []) if (!Object.hasOwn(copy, name)) copy[name] = value;
  return copy;
}

function pick(record: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const key of keys) picked[key] = record[key];
  return picked;
}
