/** The npm packages of the lock file, installed only when they are not already. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const STAMP = path.join(ROOT, 'node_modules', '.waymark-installed');
const PROGRESS_EVERY_MS = 15_000;

/** @returns {boolean} whether node_modules is what the lock file says, for this Node on this platform */
export function areNpmPackagesInstalled() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === expectedStamp();
}

/**
 * Runs `npm ci` and says every now and then how far it is.
 * @param {object} options
 * @param {boolean} options.compile native packages are compiled here, because ready-made ones are out of reach
 * @param {(line: string) => void} options.say
 */
export async function installNpmPackages({ compile, say }) {
  say(
    `npm ci: installing the packages of package-lock.json${compile ? ', compiling keytar' : ''}; takes minutes`,
  );
  const env = { ...process.env };
  if (compile) {
    env['npm_config_build_from_source'] = 'true';
    const headers = nodeHeaders();
    if (headers) env['npm_config_nodedir'] = headers;
  }
  const npm = npmCommand();
  const installer = spawn(npm.command, [...npm.args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', process.stderr, process.stderr],
    shell: npm.shell,
  });
  let told = '';
  const progress = setInterval(() => {
    const line = describeProgress(ROOT);
    say(line === told ? 'npm ci: nothing more to unpack at the moment; its scripts are at work' : line);
    told = line;
  }, PROGRESS_EVERY_MS);
  const [code] = await once(installer, 'close').finally(() => clearInterval(progress));
  if (code !== 0) throw new Error('npm ci failed; what it wrote is above.');
  writeFileSync(STAMP, expectedStamp());
}

/**
 * How much of the lock file stands in node_modules.
 * @param {string} root of the clone
 */
export function describeProgress(root) {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const folders = Object.keys(lock.packages).filter((folder) => folder.includes('node_modules/'));
  const there = folders.filter((folder) => existsSync(path.join(root, folder, 'package.json')));
  return `npm ci: ${there.length} of at most ${folders.length} packages are unpacked`;
}

/** npm as it started us, which is the same on every platform; else the one on the PATH. */
function npmCommand() {
  const script = process.env['npm_execpath'];
  if (script?.endsWith('.js')) return { command: process.execPath, args: [script], shell: false };
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}

/** @returns {string | null} Node's own prefix, when its headers lie below it, so that none are downloaded */
function nodeHeaders() {
  const prefix = path.resolve(path.dirname(process.execPath), '..');
  return existsSync(path.join(prefix, 'include', 'node', 'node.h')) ? prefix : null;
}

function expectedStamp() {
  const hash = createHash('sha256').update(readFileSync(path.join(ROOT, 'package-lock.json')));
  return `${process.platform} ${process.arch} ${process.versions.modules} ${hash.digest('hex')}\n`;
}
