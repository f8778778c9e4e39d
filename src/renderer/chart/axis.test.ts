import { describe, expect, it } from 'vitest';
import { bucketTicks, naturalInterval, valueAxis } from './axis';

describe('value axis', () => {
  it.each([1, 3, 7, 12, 99, 101, 215, 12_345, 999_999])(
    'starts at 0, has room over %i and at most 5 lines above the base',
    (max) => {
      const { ticks, top } = valueAxis(max);
      expect(ticks[0]).toBe(0);
      expect(top).toBeGreaterThan(max);
      expect(top).toBeGreaterThan(ticks[ticks.length - 1] ?? 0);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks.every(Number.isInteger)).toBe(true);
    },
  );
  it('splits rates finely', () => {
    expect(valueAxis(0.4, false).ticks).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
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
