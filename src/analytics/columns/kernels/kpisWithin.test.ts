import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../shared/time/units';
import type { ColumnEvent } from '../format/columnEvent';
import { openWholeTable } from '../table/wholeTable';
import { memorySnapshot } from '../testing/memorySnapshot';
import { sumKpis, type KpiScan, type KpiSums } from './kpis';
import { countPassing, sumKpisWithin } from './kpisWithin';
import { matchingSessions } from './sessionVectors';

const GAP_MS = 1_800_000;
const START = Date.UTC(2026, 0, 1);
const DAYS = 4;

const event: fc.Arbitrary<ColumnEvent> = fc.record({
  id: fc.uuid(),
  at: fc.integer({ min: 0, max: (DAYS * DAY_MS) / 900_000 - 1 }).map((step) => START + step * 900_000),
  userId: fc.constantFrom('anna', 'ben', 'cleo'),
  sessionId: fc.option(fc.constantFrom('s1', 's2', 's3'), { nil: null }),
  durationSec: fc.constant(null),
  texts: fc.record({ eventType: fc.constantFrom('view', 'buy', 'look') }),
  properties: fc.constant({}),
});

/** Sums in a form that does not tell in which order durations came. */
const comparable = ({ durations, ...sums }: KpiSums) => ({
  ...sums,
  durations: [...durations].sort((a, b) => a - b),
});

describe('KPIs of a table that lies in the range', () => {
  it('are those of the sums over any range', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 60 }),
        fc.option(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 60, maxLength: 60 }), { nil: null }),
        fc.integer({ min: -1, max: 2 }),
        async (events, passes, firstDay) => {
          const { table } = await openWholeTable(memorySnapshot(events), ['at', 'session', 'eventType']);
          const sessions = table.sessions(GAP_MS);
          const { codes, values } = table.text('eventType');
          const mask = passes && Uint8Array.from(passes.slice(0, table.layout.rows));
          const scan: KpiScan = {
            table,
            sessions,
            mask,
            isPageView: Uint8Array.from(values, (value) => (value === 'view' || value === 'look' ? 1 : 0)),
            isPurchase: Uint8Array.from(values, (value) => (value === 'buy' ? 1 : 0)),
            from: START,
            to: START + DAYS * DAY_MS,
            days: [0, 1, 2].map((day) => ({
              start: START + (firstDay + day) * DAY_MS,
              end: START + (firstDay + day + 1) * DAY_MS,
            })),
          };
          const known = {
            ...table.sessionVectors(GAP_MS, scan.days),
            matches: mask && matchingSessions(sessions, mask),
            typeTotals: mask ? countPassing(codes, mask, values.length) : table.typeTotals(),
          };
          expect(comparable(sumKpisWithin(scan, known))).toEqual(comparable(sumKpis(scan)));
        },
      ),
      { numRuns: 20 },
    );
  });
});
