/**
 * `npm test`: from a clone to a verdict. Set-up, formatting, lint with the layer rule, types, builds, unit,
 * integration and end-to-end tests; one line a stage, and last the count. `--deep` runs the long versions of the tests.
 */
import { build } from './build.mjs';
import { setUp } from './setUp/setUp.mjs';
import { runCheck, runSuite } from './testRun/stages.mjs';
import { addUp, formatSeconds, summaryLine } from './testRun/summary.mjs';

if (process.argv.includes('--deep')) process.env['WAYMARK_DEEP'] = '1';

/** @typedef {import('./testRun/summary.mjs').Tally} Tally */

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {() => Promise<Tally & { output: string }>} run
 */

/** Stages in their order; those of one row run at the same time. @type {Stage[][]} */
const STAGES = [
  [{ name: 'set-up', run: () => runInProcess((say) => setUp({ keyring: true, broker: true, say })) }],
  [
    { name: 'formatting', run: () => runCheck('prettier/bin/prettier.cjs', ['--check', '--cache', '.']) },
    { name: 'lint', run: () => runCheck('eslint/bin/eslint.js', ['.', '--max-warnings', '0']) },
  ],
  [
    { name: 'types', run: () => runCheck('typescript/bin/tsc', ['-p', 'tsconfig.json']) },
    {
      name: 'types of the window',
      run: () => runCheck('typescript/bin/tsc', ['-p', 'src/renderer/tsconfig.json']),
    },
  ],
  [{ name: 'build', run: () => runInProcess(build) }],
  [{ name: 'unit tests', run: () => runSuite('unit') }],
  [{ name: 'integration tests', run: () => runSuite('integration') }],
  [{ name: 'end-to-end tests', run: () => runSuite('e2e') }],
];

/** @type {Tally[]} */
const tallies = [];
for (const row of STAGES) {
  tallies.push(...(await Promise.all(row.map(runStage))));
  if (row === STAGES[0] && addUp(tallies).failed > 0) break; // without a set-up nothing else says anything useful
}

const total = addUp(tallies);
console.log(summaryLine(total));
process.exit(total.failed === 0 ? 0 : 1);

/**
 * @param {Stage} stage
 * @returns {Promise<Tally>}
 */
async function runStage({ name, run }) {
  const startedAt = performance.now();
  const { output, ...tally } = await run();
  const seconds = formatSeconds(performance.now() - startedAt);
  console.log(`${tally.failed === 0 ? '✓' : '✗'} ${name}: ${summaryLine(tally)} (${seconds})`);
  for (const skip of tally.skipped) console.log(`  skipped: ${skip}`);
  for (const name of tally.again ?? []) console.log(`  passed only when tried again: ${name}`);
  if (tally.failed > 0) console.log(output);
  return tally;
}

/**
 * @param {(say: (line: string) => void) => Promise<unknown>} action
 * @returns {Promise<Tally & { output: string }>}
 */
async function runInProcess(action) {
  try {
    await action((line) => console.log(`  ${line}`));
    return { passed: 1, failed: 0, skipped: [], output: '' };
  } catch (error) {
    const output = error instanceof Error ? error.message : String(error);
    return { passed: 0, failed: 1, skipped: [], output };
  }
}
