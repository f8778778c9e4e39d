import { describe, expect, it } from 'vitest';
import {
  CompensatedSum,
  compareCodePoints,
  nearestRank,
  nearestRankCounted,
  rate,
  secondsToMs,
} from './numbers';

describe('the arithmetic every figure shares', () => {
  it('takes the ceil(p·n)-th smallest value', () => {
    expect(nearestRank([1, 2, 3, 4], 0.5)).toBe(2);
    expect(nearestRank([1, 2, 3], 0.5)).toBe(2);
    expect(nearestRank([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9)).toBe(9);
    expect(nearestRank([], 0.5)).toBeNull();
    expect(
      nearestRankCounted(
        [
          { value: 1, count: 9 },
          { value: 7, count: 1 },
        ],
        0.9,
      ),
    ).toBe(1);
  });

  it('adds without losing small parts, to 12 digits', () => {
    const sum = new CompensatedSum();
    for (const value of [1e16, 1, -1e16, 0.1, 0.2]) sum.add(value);
    expect(sum.value).toBe(1.3);
  });

  it('orders by code point, where JavaScript orders by UTF-16 unit', () => {
    expect(['😀', '\uff5e', 'a'].sort(compareCodePoints)).toEqual(['a', '\uff5e', '😀']);
    expect('😀' < '\uff5e').toBe(true);
  });

  it('rounds seconds half up and divides by nothing to null', () => {
    expect(secondsToMs(0.0005)).toBe(1);
    expect(rate(1, 0)).toBeNull();
  });
});
