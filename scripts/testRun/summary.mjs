/** What came out of a run, counted and in words. */

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} skipped each with its reason
 * @property {string[]} [again] tests that passed only when they were tried again
 */

/**
 * The last line of a run: `N passed, N failed`, and `, N skipped` only when there are any.
 * @param {Tally} tally
 */
export function summaryLine({ passed, failed, skipped }) {
  const skips = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
  return `${passed} passed, ${failed} failed${skips}`;
}

/**
 * @param {Tally[]} tallies
 * @returns {Tally}
 */
export function addUp(tallies) {
  return {
    passed: tallies.reduce((sum, tally) => sum + tally.passed, 0),
    failed: tallies.reduce((sum, tally) => sum + tally.failed, 0),
    skipped: tallies.flatMap((tally) => tally.skipped),
  };
}

/**
 * Judges one test. Skipping is an error unless the test says which thing the machine lacks (`needs …`).
 * @param {{ name: string, state: string, note?: string | undefined }} test
 * @returns {Tally}
 */
export function judgeTest({ name, state, note }) {
  if (state === 'passed') return { passed: 1, failed: 0, skipped: [] };
  if (state === 'skipped' && note?.startsWith('needs '))
    return { passed: 0, failed: 0, skipped: [`${name}: ${note}`] };
  return { passed: 0, failed: 1, skipped: [] };
}

/** @param {number} ms */
export function formatSeconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
