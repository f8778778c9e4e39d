import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestRank } from './numbers';
import { selectNearestRank, selectRanks } from './rankSelect';

const numbers = fc.oneof(
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 3_000 }),
  fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1_000, maxLength: 3_000 }),
  fc
    .array(fc.integer({ min: 0, max: 60 }), { minLength: 600, maxLength: 2_000 })
    .map((powers) => powers.map((power) => 10 ** (power - 30))),
);

/** The same numbers in three arrays, one of them empty. */
const inChunks = (values: Float64Array): Float64Array[] => {
  const middle = values.length >> 1;
  return [values.subarray(0, middle), new Float64Array(0), values.subarray(middle)];
};

describe('selecting a rank', () => {
  it('gives what sorting gives', () => {
    fc.assert(
      fc.property(numbers, fc.constantFrom(0.5, 0.9, 0.001, 1), (values, fraction) => {
        const unsorted = Float64Array.from(values, (value) => (value === 0 ? 0 : value));
        expect(selectNearestRank(inChunks(unsorted), fraction)).toBe(
          nearestRank(unsorted.slice().sort(), fraction),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('gives several ranks at once', () => {
    fc.assert(
      fc.property(numbers, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (values, seeds) => {
        fc.pre(values.length > 0);
        const unsorted = Float64Array.from(values, (value) => (value === 0 ? 0 : value));
        const sorted = unsorted.slice().sort();
        const ranks = seeds.map((seed) => 1 + (seed % values.length)).sort((a, b) => a - b);
        expect(selectRanks(inChunks(unsorted), ranks)).toEqual(ranks.map((rank) => sorted[rank - 1]));
      }),
      { numRuns: 100 },
    );
  });
});
