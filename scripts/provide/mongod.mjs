/** Where the MongoDB server program comes from. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findOnPath } from './findOnPath.mjs';

/**
 * Finds `mongod`: given by the user (WAYMARK_MONGOD) → installed.
 * @returns {Promise<{ path: string, why: string }>}
 */
export async function provideMongod() {
  const given = process.env['WAYMARK_MONGOD'];
  if (given) {
    if (!existsSync(given)) throw new Error(`WAYMARK_MONGOD names ${given}, which does not exist.`);
    return { path: given, why: 'given by WAYMARK_MONGOD' };
  }
  const installed = findOnPath('mongod');
  if (installed) {
    execFileSync(installed, ['--version']);
    return { path: installed, why: 'installed' };
  }
  throw new Error('No mongod found. Install MongoDB, or set WAYMARK_MONGOD to its path.');
}
