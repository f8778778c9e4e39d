/** Runs one tool, or one suite of tests, and tells what came of it. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startLeashed } from '../processes/startLeashed.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const REPORTER = fileURLToPath(new URL('tallyReporter.mjs', import.meta.url));

/** A stage that takes longer hangs. */
const LIMIT_MS = (process.env['WAYMARK_DEEP'] ? 180 : 20) * 60_000;

/** @typedef {import('./summary.mjs').Tally & { output: string }} StageResult */

/**
 * Runs a checking tool; it counts as one test.
 * @param {string} script below node_modules
 * @param {string[]} args
 * @returns {Promise<StageResult>}
 */
export async function runCheck(script, args) {
  const { code, output } = await runNode([path.join(ROOT, 'node_modules', script), ...args], process.env);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [], output };
}

/**
 * Runs the tests of one vitest project.
 * @param {string} project
 * @returns {Promise<StageResult>}
 */
export async function runSuite(project) {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-tally-'));
  const tallyFile = path.join(folder, 'tally.json');
  try {
    const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
    const reporters = ['--reporter=dot', `--reporter=${REPORTER}`];
    const { code, output } = await runNode(
      [vitest, 'run', '--project', project, '--allowOnly=false', '--silent=passed-only', ...reporters],
      { ...process.env, WAYMARK_TALLY: tallyFile },
    );
    const tally = existsSync(tallyFile)
      ? JSON.parse(readFileSync(tallyFile, 'utf8'))
      : { passed: 0, failed: 1, skipped: [] };
    // vitest may also fail as a whole, in its set-up or after the last test
    if (code !== 0 && tally.failed === 0) tally.failed = 1;
    return { ...tally, output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
async function runNode(args, env) {
  let output = '';
  const plain = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };
  const tool = await startLeashed(process.execPath, args, {
    cwd: ROOT,
    env: { ...env, ...plain },
    onOutput: (text) => (output += text),
  });
  const limit = setTimeout(() => {
    output += `\nstopped after ${LIMIT_MS / 60_000} minutes`;
    void tool.kill();
  }, LIMIT_MS);
  const code = await tool.ended;
  clearTimeout(limit);
  return { code, output };
}
