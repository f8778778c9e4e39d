import { createWriteStream, promises as fs } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { WaymarkError } from '../../shared/errors';
import { resultToCsvLines } from '../../shared/reports/csv';
import type { AnyResult } from '../../shared/reports/result';
import { fileFault } from '../storage/fileFault';

/**
 * Writes all rows of a result, the same bytes as `waymark run --format csv`, row by row into a temporary file
 * beside the target, which appears whole or not at all.
 * @throws WaymarkError `badInput` when the disk refuses, `cancelled` when aborted; nothing is left behind
 */
export async function writeCsv(
  result: AnyResult,
  file: string,
  signal: AbortSignal,
): Promise<{ rows: number; bytes: number }> {
  const temporary = `${file}.${process.pid}.tmp`;
  const stream = createWriteStream(temporary);
  // Whoever awaits below gets the error; without a listener it would end the process.
  stream.on('error', () => undefined);
  let lines = 0;
  try {
    await once(stream, 'open');
    for (const line of resultToCsvLines(result)) {
      if (signal.aborted) throw new WaymarkError('cancelled', 'Cancelled.');
      lines += 1;
      if (!stream.write(line)) await once(stream, 'drain');
    }
    stream.end();
    await finished(stream);
    await fs.rename(temporary, file);
    return { rows: lines - 1, bytes: stream.bytesWritten };
  } catch (error) {
    stream.destroy();
    await fs.rm(temporary, { force: true }).catch(() => undefined);
    if (error instanceof WaymarkError) throw error;
    throw fileFault('written', file, error);
  }
}
