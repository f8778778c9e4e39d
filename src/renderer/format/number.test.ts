import { describe, expect, it } from 'vitest';
import {
  describeChange,
  formatCompact,
  formatDuration,
  formatElapsed,
  formatExact,
  formatPercent,
} from './number';

const plain = (text: string): string => text.replace(/\u00a0/g, ' ');

describe('figures', () => {
  it('are compact from 10,000 only, and exact on demand', () => {
    expect(formatCompact(9_999, 'en')).toBe('9,999');
    expect(formatCompact(12_400, 'en')).toBe('12.4K');
    expect(formatExact(12_400.125, 'en')).toBe('12,400.13');
    expect(formatExact(1_234, 'de')).toBe('1.234');
  });
  it('show a dash when unknown', () => {
    expect([formatExact(null), formatCompact(null), formatPercent(null), formatDuration(null)]).toEqual(
      Array(4).fill('–'),
    );
  });
  it('never round a small rate to nothing', () => {
    expect(plain(formatPercent(0.0004, 'en'))).toBe('<0.1 %');
    expect(plain(formatPercent(0, 'en'))).toBe('0.0 %');
    expect(plain(formatPercent(0.34159, 'en'))).toBe('34.2 %');
  });
});

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [0.25, '0.25 s'],
    [42, '42 s'],
    [200, '3 min 20 s'],
    [3_600, '1 h'],
    [7_199.8, '2 h'],
    [187_200, '2 d 4 h'],
  ])('%s s reads as two units at most', (seconds, text) => {
    expect(plain(formatDuration(seconds, 'en'))).toBe(text);
  });
  it('of a run are ms below a second', () => {
    expect(plain(formatElapsed(84.4, 'en'))).toBe('84 ms');
    expect(plain(formatElapsed(3_230, 'en'))).toBe('3.2 s');
  });
});

describe('a change', () => {
  it('of a count is relative, of a rate in percentage points', () => {
    expect(describeChange(110, 100, 'count', 'en')).toEqual({ direction: 'up', text: '+10.0\u00a0%' });
    expect(describeChange(0.25, 0.3, 'rate', 'en')).toEqual({ direction: 'down', text: '-5.0\u00a0pp' });
  });
  it('that reads 0.0 has no direction', () => {
    expect(describeChange(0.3002, 0.3, 'rate', 'en')).toEqual({ direction: 'same', text: '0.0\u00a0pp' });
    expect(describeChange(99_999, 100_000, 'count', 'en')?.direction).toBe('same');
  });
  it('from nothing or unknown says nothing', () => {
    expect(describeChange(5, 0, 'count')).toBeUndefined();
    expect(describeChange(5, null, 'count')).toBeUndefined();
  });
});
