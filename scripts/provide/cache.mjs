/** The one folder that keeps downloaded programs and the demo's data. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * The user's cache folder for Waymark, by the platform's convention.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {NodeJS.Platform} [platform]
 * @param {string} [home]
 */
export function cacheFolder(env = process.env, platform = process.platform, home = os.homedir()) {
  const { join } = platform === 'win32' ? path.win32 : path.posix;
  if (platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Waymark', 'Cache');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'Waymark');
  return join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'waymark');
}

/**
 * Returns the folder `name` of the cache. When it is not there, `fill` fills a temporary folder (it has another
 * one for scratch), which then becomes it in one step: a folder of the cache is always whole, also after an interruption or with two set-ups at once.
 * @param {string} name
 * @param {(folder: string, scratch: string) => Promise<void>} fill
 * @returns {Promise<string>}
 */
export async function cachedFolder(name, fill) {
  const folder = path.join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const temporary = await mkdtemp(`${folder}.partial-`);
  const filled = path.join(temporary, 'filled');
  const scratch = path.join(temporary, 'scratch');
  try {
    await Promise.all([mkdir(filled), mkdir(scratch)]);
    await fill(filled, scratch);
    await rename(filled, folder).catch((error) => {
      if (!existsSync(folder)) throw error; // else another set-up was quicker; its folder is as good
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
}
