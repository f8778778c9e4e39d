/**
 * Everything between a clone and a running Waymark: versions, system packages, npm packages, mongod, Electron.
 * Runs on plain Node before any package is installed.
 */
import { describeChoice } from '../provide/firstThatWorks.mjs';
import { isReachable } from '../provide/download.mjs';
import { provideJava } from '../provide/java.mjs';
import { isKafkaHere, provideKafka } from '../provide/kafka.mjs';
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
 * @param {boolean} [options.broker] whether tests want a Kafka broker; without Java they do without
 * @param {(line: string) => void} [options.say]
 * @returns {Promise<{ mongod: string, electron: string }>} paths of the executables
 */
export async function setUp({ keyring = false, broker = false, say = (line) => console.error(line) } = {}) {
  checkNodeVersion();
  const upToDate = areNpmPackagesInstalled();
  const compile = !upToDate && !(await isReachable(PREBUILT_HOST));
  await installSystemPackages({ compile, keyring, broker: broker && !isKafkaHere(), say });
  if (!upToDate) await installNpmPackages({ compile, say });

  const mongod = await provideMongod();
  say(describeChoice('mongod', mongod));
  const { provideElectron } = await import('../provide/electron.mjs');
  const electron = await provideElectron();
  say(describeChoice('Electron', electron));

  if (broker) await prepareBroker(say);

  // Everything started from here uses the same two programs.
  process.env['WAYMARK_MONGOD'] = mongod.path;
  process.env['WAYMARK_ELECTRON'] = electron.path;
  return { mongod: mongod.path, electron: electron.path };
}

/**
 * Gets the broker's jars, so that no test has to. A machine without Java is no fault: its tests say so and skip.
 * @param {(line: string) => void} say
 */
async function prepareBroker(say) {
  try {
    say(describeChoice('Java', await provideJava()));
    say(describeChoice('Kafka', await provideKafka()));
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}
