import { homedir } from 'node:os';
import path from 'node:path';
import { BlockCache } from './blockCache';

/** Names the folder of copied blocks; `off` for none. */
export const CACHE_VARIABLE = 'WAYMARK_BLOCK_CACHE';

/** Where the platform wants an application to keep what it can fetch again. */
function platformFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = homedir();
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local');
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches');
  return env['XDG_CACHE_HOME'] ?? path.join(home, '.cache');
}

/** The cache of copied blocks that the app and the command line share; undefined where it is turned off. */
export function openBlockCache(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): BlockCache | undefined {
  const named = env[CACHE_VARIABLE];
  if (named === 'off') return undefined;
  return new BlockCache(named ?? path.join(platformFolder(env, platform), 'waymark', 'blocks'));
}
