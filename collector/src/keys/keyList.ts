/** A key that may send events, and the database that they go to. */
export interface WriteKey {
  readonly key: string;
  readonly database: string;
}

const DATABASE = /^[^/\\. "$*<>:|?\0]{1,63}$/;

/**
 * Reads `key` or `key:database`, comma-separated. A reason never holds a key, only its place in the list.
 */
export function readKeyList(
  list: string,
  defaultDatabase: string,
): { ok: true; keys: WriteKey[] } | { ok: false; reason: string } {
  const keys: WriteKey[] = [];
  const parts = list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  for (const [index, part] of parts.entries()) {
    const colon = part.lastIndexOf(':');
    const key = colon < 0 ? part : part.slice(0, colon);
    const database = colon < 0 ? defaultDatabase : part.slice(colon + 1);
    const place = `entry ${index + 1}`;
    if (key === '' || key.length > 200)
      return { ok: false, reason: `${place} has no key of 1 to 200 characters` };
    // Basic auth ends a user name at its first colon.
    if (!/^[\x21-\x39\x3b-\x7e]+$/.test(key))
      return { ok: false, reason: `${place}: a key is printable ASCII without blanks and colons` };
    if (!DATABASE.test(database))
      return { ok: false, reason: `${place} names no usable database after its colon` };
    if (keys.some((other) => other.key === key))
      return { ok: false, reason: `${place} repeats an earlier key` };
    keys.push({ key, database });
  }
  return { ok: true, keys };
}
