/** Looks a program up like the shell does. */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/**
 * @param {string} name without `.exe`
 * @param {string} [searchPath]
 * @returns {string | null} the absolute path of the first executable file of that name on the PATH
 */
export function findOnPath(name, searchPath = process.env['PATH'] ?? process.env['Path'] ?? '') {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of searchPath.split(path.delimiter).filter(Boolean)) {
    for (const suffix of suffixes) {
      const candidate = path.join(folder, name + suffix);
      try {
        accessSync(candidate, constants.X_OK);
        if (statSync(candidate).isFile()) return candidate;
      } catch {
        // not here; look further
      }
    }
  }
  return null;
}
