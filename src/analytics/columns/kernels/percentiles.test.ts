import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binsFor, toRowNumbers } from '../scan/rowNumbers';
import { toThousandths } from '../table/thousandths';
import { countBins, numbersInBins } from './percentiles';
import type { TrendScan } from './trend';

const POINTS = 3;
const SERIES = 2;

const rows = fc.array(
  fc.record({
    number: fc.oneof(
      fc.constantFrom(NaN, 0, 0.001, 12.5, 4_294_967.295, 4_294_967.296, 1e9),
      fc.double({ noDefaultInfinity: true }),
      fc.integer({ min: 0, max: 5_000 }).map((ms) => ms / 1000),
    ),
    point: fc.integer({ min: -1, max: POINTS - 1 }),
    passes: fc.integer({ min: 0, max: 1 }),
    value: fc.integer({ min: 0, max: SERIES }),
  }),
  { maxLength: 80 },
);

describe('numbers by bins', () => {
  it('are counted and found again, each bin where its cell or its series asks for it', () => {
    fc.assert(
      fc.property(rows, fc.boolean(), fc.boolean(), fc.boolean(), (own, isFiltered, hasValues, picksRows) => {
        const points = Int16Array.from(own, ({ point }) => point);
        const values = Float64Array.from(own, ({ number }) => number);
        const thousandths = toThousandths(values);
        const passes = isFiltered ? Uint8Array.from(own, ({ passes }) => passes) : null;
        // Numbers of the rows that pass alone need no rows.
        const isPicked = picksRows && !hasValues;
        const numbers = toRowNumbers(
          thousandths ? { kind: 'thousandths', values: thousandths } : { kind: 'numbers', values },
          points,
          POINTS,
          { mask: isPicked ? passes : null, hasRows: !isPicked },
        );
        const { bins } = numbers;
        const scan: TrendScan = {
          layout: {
            rows: own.length,
            people: 1,
            start: Uint32Array.of(0, own.length),
            canonical: Uint32Array.of(0),
            firstPerson: 0,
            firstRow: 0,
          },
          mask: isPicked ? null : passes,
          points,
          pointCount: POINTS,
          values: hasValues ? Uint8Array.from(own, ({ value }) => value) : null,
          seriesOf: hasValues ? Int32Array.of(1, -1, 0) : Int32Array.of(0),
          seriesCount: SERIES,
        };
        const byCell: number[][] = Array.from({ length: SERIES * POINTS }, () => []);
        for (const { number, point, passes, value } of own) {
          const series = hasValues ? (scan.seriesOf[value] as number) : 0;
          if (Number.isNaN(number) || point < 0 || series < 0 || (isFiltered && passes === 0)) continue;
          byCell[series * POINTS + point]?.push(number);
        }
        const counts = countBins(scan, numbers);
        const found: number[][] = Array.from({ length: SERIES * POINTS + SERIES }, () => []);
        for (let bin = 0; bin < bins; bin++) {
          const wanted = {
            ofCell: new Int32Array(SERIES * POINTS).fill(bin),
            ofSeries: new Int32Array(SERIES).fill(bin),
          };
          const inside = numbersInBins(scan, numbers, wanted);
          const before = found.map((list) => list[list.length - 1] ?? -Infinity);
          const now: number[][] = found.map(() => []);
          inside.places.forEach((place, index) => now[place]?.push(inside.numbers[index] as number));
          now.forEach((list, place) => {
            list.sort((a, b) => a - b);
            if (list.length > 0) expect(list[0]).toBeGreaterThanOrEqual(before[place] as number);
            found[place]?.push(...list);
            if (place < SERIES * POINTS) expect(counts[place * bins + bin]).toBe(list.length);
          });
        }
        const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);
        byCell.forEach((list, cell) => expect(sorted(found[cell] ?? [])).toEqual(sorted(list)));
        for (let series = 0; series < SERIES; series++) {
          const all = byCell.slice(series * POINTS, (series + 1) * POINTS).flat();
          expect(sorted(found[SERIES * POINTS + series] ?? [])).toEqual(sorted(all));
        }
      }),
      { numRuns: 12 },
    );
  });

  it('are told apart less where there are many points', () => {
    expect([1, 90, 128, 129, 2_160, 1 << 20].map(binsFor)).toEqual([256, 256, 256, 128, 8, 1]);
  });
});
