import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { cachedFolder } from '../../../../scripts/provide/cache.mjs';

const run = promisify(execFile);

const PACKAGES = ['duckdb==2.0.0', 'pyarrow==26.0.1'];

/** Runs a Python program, with its input as JSON text, and reads its answer as JSON. */
export type AskPython = (program: string, input: unknown) => Promise<unknown>;

/**
 * DuckDB and pyarrow, installed once into the cache by the user's own pip. Null where there is no Python that they
 * run on.
 */
export async function provideDuckdb(): Promise<AskPython | null> {
  const found = await run('python3', ['-c', 'import sys, pip; print(*sys.version_info[:2])']).catch(
    () => null,
  );
  const [major = 0, minor = 0] = (found?.stdout ?? '').trim().split(' ').map(Number);
  if (major < 3 || minor < 10) return null;
  const name = `${PACKAGES.join('-').replace(/=/g, '')}-python-${major}.${minor}`;
  const folder = await cachedFolder(name, async (fill, scratch) => {
    const where = ['--target', fill, '--cache-dir', path.join(scratch, 'pip')];
    await run('python3', ['-m', 'pip', 'install', '--quiet', ...where, ...PACKAGES]);
  });
  return async (program, input) => {
    const env = { ...process.env, PYTHONPATH: folder };
    const { stdout } = await run('python3', ['-c', program, JSON.stringify(input)], { env });
    return JSON.parse(stdout);
  };
}
