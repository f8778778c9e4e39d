import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestRank } from './numbers';
import { selectNearestRank } from './rankSelect';

const numbers = fc.oneof(
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 3_000 }),
  fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1_000, maxLength: 3_000 }),
  fc
    .array(fc.integer({ min: 0, max: 60 }), { minLength: 600, maxLength: 2_000 })
    .map((powers) => powers.map((power) => 10 ** (power - 30))),
);

describe('selecting a rank', () => {
  it('gives what sorting gives', () => {
    fc.assert(
      fc.property(numbers, fc.constantFrom(0.5, 0.9, 0.001, 1), (values, fraction) => {
        const unsorted = Float64Array.from(values, (value) => (value === 0 ? 0 : value));
        expect(selectNearestRank(unsorted, fraction)).toBe(nearestRank(unsorted.slice().sort(), fraction));
      }),
      { numRuns: 200 },
    );
  });
});
