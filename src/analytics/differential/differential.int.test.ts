import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ReportKind } from '../../shared/reports/report';
import { readCase, RERUN_VARIABLE } from './caseFiles';
import { answeredByColumns } from './columnsVoice';
import { Coverage } from './coverage';
import { openStreamDatabase, type StreamDatabase } from './database';
import { reportDivergence, tryCase, tryRound } from './trial';

/** Reports judged: in every run of the tests, in a deep one, and for whoever wants a quick answer. */
const FEWER = process.env['WAYMARK_REPORTS'];
const REPORTS = Number(FEWER ?? (process.env['WAYMARK_DEEP'] === '1' ? 50_000 : 5_000));
/** Ends after so many minutes with what was judged by then, for whoever has no more. */
const BUDGET_MINUTES = Number(process.env['WAYMARK_MINUTES'] ?? Infinity);
/** Another seed gives other streams and reports. */
const SEED = Number(process.env['WAYMARK_SEED'] ?? 1);
/** Only these kinds, for whoever works on one. */
const KINDS = process.env['WAYMARK_KINDS']?.split(',') as ReportKind[] | undefined;
/** In how many reports with a non-empty answer each value of each key must have stood. */
const LEAST = 20;
const MINUTE = 60_000;

let database: StreamDatabase;
beforeAll(async () => {
  database = await openStreamDatabase(inject('mongoUri'), 'differential');
});
afterAll(() => database.close());

const rerun = process.env[RERUN_VARIABLE];
if (rerun !== undefined) {
  it(`the case in ${rerun}`, async () => {
    expect(await tryCase(readCase(rerun), database)).toBeUndefined();
  });
} else {
  describe('pipeline and reference', () => {
    it(
      `give the same answer to ${REPORTS} random reports on random streams`,
      async () => {
        const coverage = new Coverage();
        const texts: string[] = [];
        const endsAt = performance.now() + BUDGET_MINUTES * MINUTE;
        const goesOn = (): boolean =>
          coverage.reports < REPORTS && texts.length < 3 && performance.now() < endsAt;
        for (let round = 0; goesOn(); round += 1) {
          for (const divergence of await tryRound(SEED * 1_000_003 + round, database, coverage, {
            kinds: KINDS,
          })) {
            texts.push(await reportDivergence(divergence, database));
          }
        }
        process.stdout.write(`${coverage.toText()}\n`);
        process.stdout.write(`answered by columns: ${JSON.stringify([...answeredByColumns])}\n`);
        expect(texts.join('\n\n')).toBe('');
        if (KINDS !== undefined || FEWER !== undefined || Number.isFinite(BUDGET_MINUTES)) return;
        expect(coverage.reports).toBeGreaterThanOrEqual(REPORTS);
        expect(coverage.below(LEAST)).toEqual([]);
      },
      REPORTS > 10_000 ? 120 * MINUTE : 8 * MINUTE,
    );
  });
}
