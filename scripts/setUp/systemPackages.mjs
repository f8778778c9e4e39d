/** Libraries and programs of the operating system: found out by looking, installed by apt when that is possible. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { findOnPath } from '../provide/findOnPath.mjs';

/**
 * @typedef {object} Need
 * @property {string} what it is for
 * @property {string[]} libraries shared libraries that must be there
 * @property {string[]} programs
 * @property {string[]} packages Debian's names; `a|b` means the first that this release has
 * @property {boolean} [isOptional] where it may not be installed, the tests that want it are skipped and say so
 */

/**
 * What Linux has to have.
 * @param {{ compile: boolean, keyring: boolean, display: boolean, broker?: boolean }} options compile: keytar is
 *   compiled here; keyring: tests need one; display: there is none, so a virtual one is needed; broker: tests
 *   want one, and it is not here yet
 * @returns {Need[]}
 */
export function linuxNeeds({ compile, keyring, display, broker = false }) {
  /** @type {Need[]} */
  const needs = [
    { what: 'mongod', libraries: ['libcurl.so.4'], programs: [], packages: ['libcurl4t64|libcurl4'] },
    {
      what: 'Electron',
      libraries: ['libgtk-3.so.0', 'libnss3.so', 'libasound.so.2', 'libgbm.so.1'],
      programs: [],
      packages: [
        'libgtk-3-0t64|libgtk-3-0',
        'libnss3',
        'libasound2t64|libasound2',
        'libgbm1',
        'fonts-dejavu-core',
      ],
    },
    { what: 'keychain', libraries: ['libsecret-1.so.0'], programs: [], packages: ['libsecret-1-0'] },
  ];
  if (compile) {
    needs.push({
      what: 'compiling the keychain module',
      libraries: ['libsecret-1.so'],
      programs: ['g++', 'make', 'python3', 'pkg-config'],
      packages: ['libsecret-1-dev', 'g++', 'make', 'python3', 'pkg-config'],
    });
  }
  if (display)
    needs.push({ what: 'a virtual display', libraries: [], programs: ['Xvfb'], packages: ['xvfb'] });
  if (keyring) {
    needs.push({
      what: 'a keyring for the tests',
      libraries: [],
      programs: ['gnome-keyring-daemon', 'dbus-daemon'],
      packages: ['gnome-keyring', 'dbus'],
    });
    needs.push({
      what: 'a browser for the tests of web clients',
      libraries: [],
      programs: ['chromium'],
      packages: ['chromium'],
    });
    needs.push({
      what: 'the commands of the documentation',
      libraries: [],
      programs: ['curl'],
      packages: ['curl'],
    });
  }
  if (broker) {
    needs.push({
      what: 'a Kafka broker for the tests',
      libraries: [],
      programs: ['java', 'mvn'],
      packages: ['openjdk-17-jre-headless|openjdk-21-jre-headless|default-jre-headless', 'maven'],
      isOptional: true,
    });
  }
  return needs;
}

/**
 * Installs what is missing, after saying so. Does nothing except on Linux.
 * Throws, with the exact command to run, when it may not (WAYMARK_NO_SYSTEM_INSTALL=1) or cannot.
 * @param {object} options
 * @param {boolean} options.compile
 * @param {boolean} options.keyring
 * @param {boolean} options.broker
 * @param {(line: string) => void} options.say
 */
export async function installSystemPackages({ compile, keyring, broker, say }) {
  if (process.platform !== 'linux') return;
  const display = !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'];
  const root = process.getuid?.() === 0;
  const refused = process.env['WAYMARK_NO_SYSTEM_INSTALL'] === '1';
  const installs = root && !refused && findOnPath('apt-get') !== null;
  const missing = linuxNeeds({ compile, keyring, display, broker }).filter(
    (need) => !isMet(need, installedLibraries()) && (installs || !need.isOptional),
  );
  if (missing.length === 0) return;

  const purposes = missing.map((need) => need.what).join(', ');
  const packages = missing.flatMap((need) => need.packages);
  if (!findOnPath('apt-get')) {
    const names = firstNames(packages).join(' ');
    throw new Error(`Missing for ${purposes}: install what Debian calls ${names}, then run this again.`);
  }
  if (!root || refused) {
    const why = refused ? 'WAYMARK_NO_SYSTEM_INSTALL=1 forbids installing it' : 'only root can install it';
    const command = aptCommand(existingPackages(packages), root ? '' : 'sudo ');
    throw new Error(`Missing for ${purposes}, and ${why}. Run this, then try again:\n  ${command}`);
  }
  say(`apt-get update, to install what is missing for ${purposes}`);
  runApt(['update']);
  const names = existingPackages(packages);
  say(`apt-get install ${names.join(' ')}`);
  runApt(['install', '-y', '--no-install-recommends', ...names]);
}

/**
 * @param {Need} need
 * @param {Set<string> | null} libraries installed ones; null when that cannot be told
 */
function isMet(need, libraries) {
  return (
    need.programs.every((name) => findOnPath(name)) &&
    (libraries === null || need.libraries.every((name) => libraries.has(name)))
  );
}

/** @returns {Set<string> | null} file names of the shared libraries the linker knows */
function installedLibraries() {
  const ldconfig = findOnPath('ldconfig', ['/sbin', '/usr/sbin', process.env['PATH']].join(path.delimiter));
  if (!ldconfig) return null;
  const { stdout, status } = spawnSync(ldconfig, ['-p'], { encoding: 'utf8' });
  return status === 0 ? new Set(stdout.split('\n').map((line) => line.trim().split(' ')[0] ?? '')) : null;
}

/** @param {string[]} packages */
function firstNames(packages) {
  return packages.map((name) => name.split('|').at(-1) ?? name);
}

/**
 * Chooses among alternative names by what this release of the distribution has.
 * @param {string[]} packages
 */
function existingPackages(packages) {
  return packages.map((alternatives) => {
    const names = alternatives.split('|');
    const known = names.find((name) => {
      const { stdout } = spawnSync('apt-cache', ['policy', name], { encoding: 'utf8' });
      return /Candidate: (?!\(none\))/.test(stdout ?? '');
    });
    return known ?? names.at(-1) ?? alternatives;
  });
}

/**
 * @param {string[]} packages
 * @param {string} prefix
 */
export function aptCommand(packages, prefix) {
  return `${prefix}apt-get update && ${prefix}apt-get install -y --no-install-recommends ${packages.join(' ')}`;
}

/** @param {string[]} args */
function runApt(args) {
  const { status, stdout, stderr } = spawnSync('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0)
    throw new Error(`apt-get ${args.join(' ')} failed:\n${stdout.slice(-2_000)}${stderr.slice(-2_000)}`);
}
