import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/** A request that is answered with a status of its own and a reason. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** Seconds after which to come again, for 429 and 503. */
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

const tooLarge = (limit: number): HttpError =>
  new HttpError(413, `the request is larger than ${limit} bytes; send fewer events at a time`);

/** The bytes of all request bodies in memory, held to a budget so that many senders cannot exhaust it. */
export class BodyBudget {
  private used = 0;

  constructor(private readonly limitBytes: number) {}

  /** Takes bytes from the budget, or throws 429 when it is spent. */
  take(bytes: number): void {
    if (this.used + bytes > this.limitBytes) throw new HttpError(429, 'too many requests at once', 1);
    this.used += bytes;
  }

  give(bytes: number): void {
    this.used -= bytes;
  }
}

/**
 * Reads a body whole, inflates it by its Content-Encoding (also when only its first bytes say gzip), and gives
 * the text. Never holds more than `limit` bytes of it, before or after inflating, beyond one chunk.
 *
 * @throws HttpError 413 above the limit, 400 for bytes that do not inflate or an encoding not known, 429 when
 *   the budget is spent
 */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  budget: BodyBudget,
): Promise<{ text: string; release: () => void }> {
  const declared = Number(request.headers['content-length']);
  if (declared > limit) throw tooLarge(limit);
  let held = 0;
  const hold = (bytes: number): void => {
    budget.take(bytes);
    held += bytes;
  };
  const release = (): void => {
    budget.give(held);
    held = 0;
  };
  try {
    const bytes = await collect(request, limit, hold);
    const plain = await inflateBytes(bytes, request.headers['content-encoding'], limit);
    if (plain !== bytes) hold(plain.length);
    // Some editors and shells begin a file with a byte-order mark, which JSON does not know.
    return { text: plain.toString('utf8').replace(/^\ufeff/, ''), release };
  } catch (error) {
    release();
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, 'the body could not be read');
  }
}

/** The body's bytes as they came. Plain listeners, since an async iterator costs more than a small request does. */
function collect(request: IncomingMessage, limit: number, hold: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (error: unknown): void => {
      request.removeAllListeners('data');
      request.resume();
      reject(error);
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        fail(tooLarge(limit));
        return;
      }
      try {
        hold(chunk.length);
      } catch (error) {
        fail(error);
        return;
      }
      chunks.push(chunk);
    });
    request.once('end', () => {
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    request.once('error', fail);
    request.once('aborted', () => {
      fail(new HttpError(400, 'the body ended before its length'));
    });
  });
}

const INFLATERS = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  deflate: async (bytes: Buffer, options: { maxOutputLength: number }): Promise<Buffer> => {
    // Clients send both forms under this name; the zlib form begins with its own header.
    const zlibForm = bytes.length > 1 && (bytes[0] ?? 0) % 16 === 8 && bytes.readUInt16BE(0) % 31 === 0;
    return (zlibForm ? promisify(inflate) : promisify(inflateRaw))(bytes, options);
  },
} as const;

async function inflateBytes(bytes: Buffer, header: string | undefined, limit: number): Promise<Buffer> {
  const encodings = (header ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  if (encodings.length > 1) throw new HttpError(400, 'at most one Content-Encoding is taken');
  const isGzip = bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
  const encoding = encodings[0] ?? (isGzip ? 'gzip' : undefined);
  if (encoding === undefined || bytes.length === 0) return bytes;
  const inflater = Object.entries(INFLATERS).find(([name]) => name === encoding)?.[1];
  if (!inflater) throw new HttpError(400, 'Content-Encoding must be gzip, deflate or br');
  try {
    return await inflater(bytes, { maxOutputLength: limit });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    // A proxy may have inflated the body and left the header.
    if (!isGzip && /^\s*[[{]/.test(bytes.toString('latin1', 0, 16))) return bytes;
    throw new HttpError(400, `the body does not inflate as ${encoding}`);
  }
}
