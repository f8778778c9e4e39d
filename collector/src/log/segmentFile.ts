import { type FileHandle, open, stat } from 'node:fs/promises';

/** The bytes of a stretch of a file, as far as it reaches; none when the file is gone. */
export async function readStretch(file: string, start: number, end: number): Promise<Buffer> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (handle === null) return Buffer.alloc(0);
  try {
    const bytes = Buffer.alloc(end - start);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length, start + length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** Writes all parts, one behind the other, from a place in the file on. */
export async function writeAll(handle: FileHandle, parts: Buffer[], start: number): Promise<void> {
  let pending = parts;
  let at = start;
  while (pending.length > 0) {
    // The system takes at most 1,024 buffers at a time.
    const now = pending.length > 512 ? [Buffer.concat(pending)] : pending;
    const { bytesWritten } = await handle.writev(now, at);
    at += bytesWritten;
    let skip = bytesWritten;
    pending = now.flatMap((part) => {
      const skipped = Math.min(skip, part.length);
      skip -= skipped;
      return skipped === part.length ? [] : [part.subarray(skipped)];
    });
  }
}

/** Makes a new file's name durable; folders cannot be synced on Windows. */
export async function syncFolder(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Leaves a copy of a damaged segment beside the log, for whoever wants to look; never a second one. */
export async function keepDamaged(file: string, bytes: Buffer): Promise<void> {
  const copy = `${file}.damaged`;
  try {
    await stat(copy);
  } catch {
    const handle = await open(copy, 'w', 0o600);
    try {
      await handle.writeFile(bytes);
    } finally {
      await handle.close();
    }
  }
}
