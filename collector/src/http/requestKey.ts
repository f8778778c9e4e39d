import type { IncomingMessage } from 'node:http';

/** The longest key that is looked at. */
const MAX_KEY = 200;

/**
 * The key in a request's headers: Basic user name, Bearer token, or X-Write-Key. The browser SDK sends
 * `Basic` with its key and a colon in base64.
 */
export function keyOfHeaders({ headers }: IncomingMessage): string | undefined {
  const own = headers['x-write-key'];
  if (typeof own === 'string' && own !== '' && own.length <= MAX_KEY) return own;
  const [scheme, value] = (headers.authorization ?? '').trim().split(/\s+/, 2);
  if (scheme === undefined || value === undefined || value.length > 4 * MAX_KEY) return undefined;
  if (/^bearer$/i.test(scheme)) return value.length <= MAX_KEY ? value : undefined;
  if (!/^basic$/i.test(scheme)) return undefined;
  const key = Buffer.from(value, 'base64').toString('utf8').split(':', 1)[0];
  return key === undefined || key === '' || key.length > MAX_KEY ? undefined : key;
}
