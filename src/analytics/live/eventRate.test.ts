import { describe, expect, it } from 'vitest';
import { EventRate } from './eventRate';

describe('the rate of live events', () => {
  it('is the mean of the last ten seconds', () => {
    const rate = new EventRate();
    expect(rate.perSecond(0)).toBe(0);
    rate.add(1_000, 30);
    rate.add(2_000, 20);
    expect(rate.perSecond(2_000)).toBe(5);
    expect(rate.perSecond(11_000)).toBe(2);
    expect(rate.perSecond(12_000)).toBe(0);
  });
});
