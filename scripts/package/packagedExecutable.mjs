import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Where electron-builder leaves the app on each platform, below its folder. */
const EXECUTABLES = {
  linux: 'waymark',
  win32: 'Waymark.exe',
  darwin: 'Waymark.app/Contents/MacOS/Waymark',
};

/**
 * The executable of the app folder for this platform.
 * @param {string} output folder that `npm run package` writes to
 * @returns {string | null} null when there is none
 */
export function packagedExecutable(output) {
  const executable =
    process.platform in EXECUTABLES
      ? EXECUTABLES[/** @type {keyof typeof EXECUTABLES} */ (process.platform)]
      : '';
  for (const entry of readdirSync(output, { withFileTypes: true })) {
    const file = path.join(output, entry.name, executable);
    if (executable !== '' && entry.isDirectory() && existsSync(file)) return file;
  }
  return null;
}
