import { open } from 'node:fs/promises';
import { WaymarkError, type ErrorCode } from '../shared/errors';

/** More than any report or mapping that people write; the app has the same limit. */
export const MAX_FILE_BYTES = 1024 * 1024;

export const tooLarge = (file: string, code: ErrorCode): WaymarkError =>
  new WaymarkError(
    code,
    `${file} is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB; no report or mapping is.`,
  );

/**
 * The text of a report or mapping file. Reads no more than 1 MB, whatever the file claims to be (a device or a pipe
 * has no size of its own).
 * @throws WaymarkError with the given code when there is more; what the system says when it cannot be read
 */
export async function readSmallFile(file: string, code: ErrorCode): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length);
      length += bytesRead;
      if (length > MAX_FILE_BYTES) throw tooLarge(file, code);
      if (bytesRead === 0) return buffer.toString('utf8', 0, length);
    }
  } finally {
    await handle.close();
  }
}
