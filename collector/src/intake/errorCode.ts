/** What may be said of an error: its code or class, never its text, which may hold an address or a value. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('codeName' in error && typeof error.codeName === 'string') return error.codeName;
  if ('code' in error && (typeof error.code === 'string' || typeof error.code === 'number'))
    return String(error.code);
  return error instanceof Error ? error.name : 'unknown';
}
