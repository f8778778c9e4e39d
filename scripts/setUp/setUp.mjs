/**
 * Everything between a clone and a running Waymark: versions, system packages, npm packages, mongod, Electron.
 * Runs on plain Node before any package is installed.
 */
import { describeChoice } from '../provide/firstThatWorks.mjs';
import { isReachable } from '../provide/download.mjs';
import { provideMongod } from '../provide/mongod.mjs';
import { checkNodeVersion } from './nodeVersion.mjs';
import { areNpmPackagesInstalled, installNpmPackages } from './npmPackages.mjs';
import { installSystemPackages } from './systemPackages.mjs';

/** keytar's ready-made binary lies there; without it, it is compiled. */
const PREBUILT_HOST = 'https://github.com';

/**
 * Makes this clone ready and says what it does.
 * @param {object} [options]
 * @param {boolean} [options.keyring] whether tests need a keyring of their own
 * @param {(line: string) => void} [options.say]
 * @returns {Promise<{ mongod: string, electron: string }>} paths of the executables
 */
export async function setUp({ keyring = false, say = (line) => console.error(line) } = {}) {
  checkNodeVersion();
  const upToDate = areNpmPackagesInstalled();
  const compile = !upToDate && !(await isReachable(PREBUILT_HOST));
  await installSystemPackages({ compile, keyring, say });
  if (!upToDate) installNpmPackages({ compile, say });

  const mongod = await provideMongod();
  say(describeChoice('mongod', mongod));
  const { provideElectron } = await import('../provide/electron.mjs');
  const electron = await provideElectron();
  say(describeChoice('Electron', electron));

  // Everything started from here uses the same two programs.
  process.env['WAYMARK_MONGOD'] = mongod.path;
  process.env['WAYMARK_ELECTRON'] = electron.path;
  return { mongod: mongod.path, electron: electron.path };
}
