import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Longer lines are refused without being held in memory. */
export const MAX_LINE_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** Whether a file holds gzip data, by its first bytes. */
async function isGzip(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === GZIP_MAGIC[0] && buffer[1] === GZIP_MAGIC[1];
  } finally {
    await handle.close();
  }
}

/** A file's content as a stream, unpacked when it is gzip. `onBytes` is told how much of the file is read. */
export async function openFile(file: string, onBytes?: (bytes: number) => void): Promise<Readable> {
  const zipped = await isGzip(file);
  const raw = createReadStream(file);
  let read = 0;
  raw.on('data', (chunk) => {
    read += chunk.length;
    onBytes?.(read);
  });
  if (!zipped) return raw;
  const unpacked = createGunzip();
  raw.on('error', (error) => unpacked.destroy(error));
  unpacked.on('close', () => raw.destroy());
  return raw.pipe(unpacked);
}

/** One line of a text, without its line end; `text` is undefined when it is longer than the limit. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string | undefined;
}

/**
 * The lines of a UTF-8 stream, whatever the line ends; holds at most one line. A byte-order mark at the
 * start is dropped.
 */
export async function* splitLines(stream: Readable): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let bytes = 0;
  let number = 1;
  const finish = (): Line => {
    const line = Buffer.concat(parts);
    const text =
      bytes > MAX_LINE_BYTES
        ? undefined
        : line
            .toString('utf8')
            .replace(/\r$/, '')
            .replace(number === 1 ? /^\uFEFF/ : /^(?!)/, '');
    parts = [];
    bytes = 0;
    return { number: number++, text };
  };
  const add = (part: Buffer): void => {
    bytes += part.length;
    if (bytes <= MAX_LINE_BYTES) parts.push(part);
    else parts = [];
  };
  for await (const chunk of stream) {
    const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    let from = 0;
    for (let at = buffer.indexOf(NEWLINE); at >= 0; at = buffer.indexOf(NEWLINE, from)) {
      add(buffer.subarray(from, at));
      yield finish();
      from = at + 1;
    }
    if (from < buffer.length) add(buffer.subarray(from));
  }
  if (bytes > 0) yield finish();
}
