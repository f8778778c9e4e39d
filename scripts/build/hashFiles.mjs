/** One fingerprint of many files. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Fingerprint of the names and contents of files and of whole folders, tests left out; a missing one counts as such.
 * @param {string} root
 * @param {string[]} names relative to `root`
 */
export async function hashFiles(root, names) {
  const hash = createHash('sha256');
  for (const name of names) {
    for (const file of await filesBelow(path.join(root, name))) {
      if (/\.(test|e2e)\.tsx?$/.test(file)) continue;
      hash
        .update(path.relative(root, file))
        .update('\0')
        .update(await readFile(file))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

/**
 * @param {string} start
 * @returns {Promise<string[]>} sorted
 */
async function filesBelow(start) {
  if (!existsSync(start)) return [];
  if (!(await stat(start)).isDirectory()) return [start];
  const names = (await readdir(start)).sort();
  return (await Promise.all(names.map((name) => filesBelow(path.join(start, name))))).flat();
}
