import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ReportKind } from '../../shared/reports/report';
import { readCase, RERUN_VARIABLE } from './caseFiles';
import { answeredByColumns } from './columnsVoice';
import { Coverage } from './coverage';
import { openStreamDatabase, type StreamDatabase } from './database';
import { reportDivergence, tryCase, tryRound } from './trial';

/**
 * Reports judged at least: in every run of the tests, in a deep one, and for whoever wants a quick answer. Up to
 * three times as many are drawn until all values have been met often enough.
 */
const FEWER = process.env['WAYMARK_REPORTS'];
const REPORTS = Number(FEWER ?? (process.env['WAYMARK_DEEP'] === '1' ? 50_000 : 3_000));
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
      `give the same answer to at least ${REPORTS} random reports on random streams`,
      async () => {
        const isPart = KINDS !== undefined || FEWER !== undefined || Number.isFinite(BUDGET_MINUTES);
        const coverage = new Coverage();
        const texts: string[] = [];
        const endsAt = performance.now() + BUDGET_MINUTES * MINUTE;
        const isCovered = (): boolean => isPart || coverage.below(LEAST).length === 0;
        const goesOn = (): boolean => {
          if (texts.length >= 3 || performance.now() >= endsAt) return false;
          return coverage.reports < REPORTS || (!isCovered() && coverage.reports < 3 * REPORTS);
        };
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
        if (isPart) return;
        expect(coverage.reports).toBeGreaterThanOrEqual(REPORTS);
        expect(coverage.below(LEAST)).toEqual([]);
      },
      REPORTS > 10_000 ? 120 * MINUTE : 20 * MINUTE,
    );
  });
}
