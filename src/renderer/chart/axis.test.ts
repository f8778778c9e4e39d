import { describe, expect, it } from 'vitest';
import { bucketTicks, naturalInterval, valueTicks } from './axis';

describe('value axis', () => {
  it.each([1, 3, 7, 12, 99, 101, 12_345, 999_999])(
    'starts at 0, covers %i and has at most 5 lines',
    (max) => {
      const ticks = valueTicks(max);
      expect(ticks[0]).toBe(0);
      expect(ticks[ticks.length - 1]).toBeGreaterThanOrEqual(max);
      expect(ticks.length).toBeLessThanOrEqual(5);
      expect(ticks.every(Number.isInteger)).toBe(true);
    },
  );
  it('splits rates finely', () => {
    expect(valueTicks(0.4, false)).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
  });
});

describe('bucket axis', () => {
  const days = Array.from({ length: 90 }, (_, index) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString());
  it('leaves room between labels', () => {
    const ticks = bucketTicks(days, 'day', 'UTC', 600, 'en-GB');
    expect(ticks.length).toBeLessThanOrEqual(9);
    expect(ticks[0]).toEqual({ index: 0, label: '1 Jan' });
  });
  it('chooses an interval by the span', () => {
    expect([1, 30, 365, 1_500].map((day) => naturalInterval(day * 86_400_000))).toEqual([
      'hour',
      'day',
      'week',
      'month',
    ]);
  });
});
