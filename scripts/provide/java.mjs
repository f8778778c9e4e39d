/** Where Java comes from: given by the user → JAVA_HOME → the PATH. It is the system's own; nothing is downloaded. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { findOnPath } from './findOnPath.mjs';
import { firstThatWorks } from './firstThatWorks.mjs';

/** The oldest version that runs the broker. */
export const OLDEST_JAVA = 17;

/**
 * Provides a `java` that runs on this machine.
 * @returns {Promise<import('./firstThatWorks.mjs').Provided>}
 */
export function provideJava() {
  return firstThatWorks(
    'Java',
    [
      { from: 'given by WAYMARK_JAVA', find: async () => givenByUser(), final: true },
      { from: 'installed, by JAVA_HOME', find: async () => inJavaHome() },
      { from: 'installed', find: async () => findOnPath('java') },
    ],
    versionOf,
    `Install Java ${OLDEST_JAVA} or later (on Debian openjdk-${OLDEST_JAVA}-jre-headless), or set WAYMARK_JAVA to the path of a java executable.`,
  );
}

function givenByUser() {
  const given = process.env['WAYMARK_JAVA'];
  if (given && !existsSync(given)) throw new Error(`${given} does not exist`);
  return given || null;
}

function inJavaHome() {
  const home = process.env['JAVA_HOME'];
  if (!home) return null;
  const executable = path.join(home, 'bin', process.platform === 'win32' ? 'java.exe' : 'java');
  if (!existsSync(executable)) throw new Error(`${executable} does not exist`);
  return executable;
}

/**
 * @param {string} java
 * @returns {string} such as `17.0.15`
 */
function versionOf(java) {
  const { stdout, stderr, error } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  const version = /version "([^"]+)"/.exec(`${stdout ?? ''}${stderr ?? ''}`)?.[1];
  if (!version) throw new Error(`${java} does not run here: ${error?.message ?? (stderr ?? '').trim()}`);
  if (parseInt(version, 10) < OLDEST_JAVA) {
    throw new Error(`${java} is ${version}, the broker needs ${OLDEST_JAVA} or later`);
  }
  return version;
}
