/** A vitest reporter that counts for `npm test`: writes a tally to the file named by WAYMARK_TALLY. */
import { writeFileSync } from 'node:fs';
import { addUp, judgeTest } from './summary.mjs';

export default class TallyReporter {
  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
   * @param {ReadonlyArray<unknown>} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const tallies = modules.flatMap((module) => {
      const tests = [...module.children.allTests()];
      const judged = tests.map((test) => {
        const result = test.result();
        const note = result.state === 'skipped' ? result.note : undefined;
        const tally = judgeTest({
          name: `${module.relativeModuleId} › ${test.fullName}`,
          state: result.state,
          note,
        });
        if (result.state === 'skipped' && tally.failed > 0) {
          console.error(
            `Skipped without saying what the machine lacks: ${module.relativeModuleId} › ${test.fullName}`,
          );
        }
        return tally;
      });
      // A file that could not be loaded, or a hook that failed around passing tests.
      const broken = module.state() === 'failed' && !judged.some((tally) => tally.failed > 0);
      return broken ? [...judged, { passed: 0, failed: 1, skipped: [] }] : judged;
    });
    const unhandled = unhandledErrors.map(() => ({ passed: 0, failed: 1, skipped: [] }));
    const again = modules.flatMap((module) =>
      [...module.children.allTests()]
        .filter((test) => test.diagnostic()?.flaky)
        .map((test) => `${module.relativeModuleId} › ${test.fullName}`),
    );
    const file = process.env['WAYMARK_TALLY'];
    if (file) writeFileSync(file, JSON.stringify({ ...addUp([...tallies, ...unhandled]), again }));
  }
}
