/**
 * `npm run package`: installers for this system (`-- --only deb` one of them, `-- --dir` the app folder alone), by
 * electron-builder with the Electron that is at hand, so that nothing needs to be downloaded for the folder. Prints its
 * size and how long it takes to open. Arguments that begin with `-c.` are settings of electron-builder.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { ensureDisplay } from './desktop/display.mjs';
import { makeInstallers } from './package/installers.mjs';
import { measureStart } from './package/measureStart.mjs';
import { packagedExecutable } from './package/packagedExecutable.mjs';
import { provideElectron } from './provide/electron.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** Since this major there is a fuse against extra rights of file:// pages. */
const FILE_FUSE_SINCE = 29;

/** Where a release is found again by its own updater: the repository whose workflow builds it; otherwise nowhere. */
const [owner, repo] = (process.env['GITHUB_REPOSITORY'] ?? '').split('/');
const feed = owner && repo ? ['provider=github', `owner=${owner}`, `repo=${repo}`] : [];

const NO_PAGE = 'https://waymark.invalid/';
const isFolderOnly = process.argv.includes('--dir');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const { path: executable } = await provideElectron();
const version = electronVersion(executable);
await build();

const output = path.join(ROOT, 'dist');
rmSync(output, { recursive: true, force: true });
const settings = [
  `-c.electronDist=${path.dirname(executable)}`,
  `-c.electronVersion=${version}`,
  // A package's page; without a repository there is none, and installers leave it out.
  `-c.extraMetadata.homepage=${owner && repo ? `https://github.com/${owner}/${repo}` : NO_PAGE}`,
  ...feed.map((setting) => `-c.publish.${setting}`),
  '--publish=never',
  ...(Number(version.split('.')[0]) >= FILE_FUSE_SINCE
    ? ['-c.electronFuses.grantFileProtocolExtraPrivileges=false']
    : []),
  ...process.argv.filter((argument) => argument.startsWith('-c.')),
];
execFileSync(
  process.execPath,
  [path.join(ROOT, 'node_modules/electron-builder/cli.js'), '--dir', ...settings],
  { cwd: ROOT, stdio: 'inherit' },
);
for (const name of readdirSync(output).filter((entry) => entry.endsWith('unpacked'))) {
  const folder = path.join(output, name);
  // What the Electron at hand opened before it was packaged; only app.asar may be loaded.
  rmSync(path.join(folder, 'resources/app'), { recursive: true, force: true });
  console.log(`${folder}: ${Math.round(bytesIn(folder) / 1024 / 1024)} MB, Electron ${version}`);
}
/** @type {{ devDependencies: { electron: string } }} */
const { devDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
if (version !== devDependencies.electron) {
  console.log(
    `Electron ${version} is not the ${devDependencies.electron} that package.json names: good for trying out, not for a release.`,
  );
}
const packaged = packagedExecutable(output);
if (packaged === null) throw new Error('electron-builder made no app folder.');
{
  const endDisplay = await ensureDisplay();
  try {
    const { drawnAfterMs } = await measureStart(packaged);
    console.log(`opens and draws its window in ${(drawnAfterMs / 1000).toFixed(1)} s`);
  } finally {
    await endDisplay();
  }
}

if (!isFolderOnly) {
  const appFolder = path.join(output, path.relative(output, packaged).split(path.sep)[0] ?? '');
  process.exitCode = makeInstallers({ root: ROOT, output, appFolder, settings, only, say: console.log });
}

/** @param {string} electron executable */
function electronVersion(electron) {
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  return execFileSync(electron, ['-p', 'process.versions.electron'], { env, encoding: 'utf8' }).trim();
}

/**
 * @param {string} folder
 * @returns {number}
 */
function bytesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const entryPath = path.join(folder, entry.name);
    if (entry.isDirectory()) return sum + bytesIn(entryPath);
    return sum + (entry.isFile() ? statSync(entryPath).size : 0);
  }, 0);
}
