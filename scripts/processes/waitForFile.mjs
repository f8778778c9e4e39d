/** Waits for the file or socket by which a program shows that it is ready. */
import { existsSync } from 'node:fs';

const READY_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 25;

/**
 * @param {string} file
 * @param {import('./startLeashed.mjs').Leashed} program
 * @param {string} what the program is, for the error
 */
export async function waitForFile(file, program, what) {
  let ended = false;
  void program.ended.then(() => (ended = true));
  for (let waitedMs = 0; waitedMs < READY_WITHIN_MS && !ended; waitedMs += LOOK_EVERY_MS) {
    if (existsSync(file)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw new Error(`${what} did not start: ${program.output()}`);
}
