/** How long the packaged app takes to open, by its own smoke mode. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { electronArguments } from '../desktop/electronArguments.mjs';

const LIMIT_MS = 90_000;

/**
 * Runs the packaged app in smoke mode, with a data folder of its own and without a connection.
 * @param {string} executable
 * @returns {Promise<{ drawnAfterMs: number }>} ms from the start of the process to the drawn window
 * @throws what the app says is wrong, when it does not open or does not draw
 */
export async function measureStart(executable) {
  const scratch = await mkdtemp(path.join(tmpdir(), 'waymark-packaged-'));
  try {
    const [, ...args] = electronArguments('', [
      ...['--user-data-dir', path.join(scratch, 'data')],
      ...['--smoke', scratch],
    ]);
    await promisify(execFile)(executable, args, { timeout: LIMIT_MS, killSignal: 'SIGKILL' }).catch(
      (error) => {
        const { code, signal, stdout, stderr } = error;
        throw new Error(
          `The packaged app does not open: exit code ${code}, signal ${signal}\n${stdout}\n${stderr.slice(-4_000)}`,
        );
      },
    );
    return JSON.parse(await readFile(path.join(scratch, 'smoke.json'), 'utf8'));
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}
