import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { cachedFolder } from '../../../scripts/provide/cache.mjs';

const run = promisify(execFile);

const VERSION = '4.32.5';

/**
 * Schemathesis, which makes requests from an OpenAPI document and judges the answers, installed once into the
 * cache by the user's own pip. Null where there is no Python it runs on; what pip cannot get is an error.
 */
export async function provideSchemathesis(): Promise<{
  command: string;
  args: string[];
  env: Record<string, string>;
} | null> {
  const found = await run('python3', ['-c', 'import sys, pip; print(*sys.version_info[:2])']).catch(
    () => null,
  );
  const [major = 0, minor = 0] = (found?.stdout ?? '').trim().split(' ').map(Number);
  if (major < 3 || minor < 10) return null;
  const name = `schemathesis-${VERSION}-python-${major}.${minor}`;
  const folder = await cachedFolder(name, async (fill, scratch) => {
    const where = ['--target', fill, '--cache-dir', path.join(scratch, 'pip')];
    await run('python3', ['-m', 'pip', 'install', '--quiet', ...where, `schemathesis==${VERSION}`]);
  });
  const start = 'from schemathesis.cli import schemathesis; schemathesis()';
  return { command: 'python3', args: ['-c', start], env: { PYTHONPATH: folder } };
}
