/** A screen to open windows on: the user's, or a virtual one. */
import { existsSync } from 'node:fs';
import { startLeashed } from '../processes/startLeashed.mjs';
import { waitForFile } from '../processes/waitForFile.mjs';

/** Room for a window of any size the app is made for. */
const SCREEN = '3840x2160x24';

/** @returns {boolean} whether windows can be opened */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

/**
 * Starts a virtual display when there is no real one and sets DISPLAY, so that whatever this process starts uses it.
 * @returns {Promise<() => Promise<void>>} ends it
 */
export async function ensureDisplay() {
  if (hasDisplay()) return async () => undefined;
  const number = freeDisplayNumber();
  const xvfb = await startLeashed('Xvfb', [`:${number}`, '-screen', '0', SCREEN, '-nolisten', 'tcp']);
  await waitForFile(socketOf(number), xvfb, 'The virtual display');
  process.env['DISPLAY'] = `:${number}`;
  return async () => {
    delete process.env['DISPLAY'];
    await xvfb.stop();
  };
}

function freeDisplayNumber() {
  // from the process id, so that two runs at once seldom try the same
  for (let number = 100 + (process.pid % 1_000); ; number += 1) {
    if (!existsSync(`/tmp/.X${number}-lock`) && !existsSync(socketOf(number))) return number;
  }
}

/** @param {number} number */
function socketOf(number) {
  return `/tmp/.X11-unix/X${number}`;
}
