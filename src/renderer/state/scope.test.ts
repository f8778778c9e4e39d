import { describe, expect, it } from 'vitest';
import {
  activeFilters,
  DEFAULT_SCOPE,
  invertFilter,
  valueFilter,
  withChip,
  withFilter,
  withoutChip,
} from './scope';

const mobile = valueFilter('device', 'mobile');

describe('the filters of a window', () => {
  it('replace a picked value of the same field and keep other fields', () => {
    const first = withFilter(withFilter(DEFAULT_SCOPE, mobile, 'a'), valueFilter('country', 'DE'), 'b');
    const second = withFilter(first, valueFilter('device', 'tablet'), 'c');
    expect(second.chips.map((chip) => chip.filter)).toEqual([
      { field: 'country', op: 'eq', value: 'DE' },
      { field: 'device', op: 'eq', value: 'tablet' },
    ]);
  });
  it('keep a muted filter without letting it act', () => {
    const scope = withChip(withFilter(DEFAULT_SCOPE, mobile, 'a'), 'a', { muted: true });
    expect(scope.chips).toHaveLength(1);
    expect(activeFilters(scope, [])).toEqual([]);
    expect(withoutChip(scope, 'a').chips).toEqual([]);
  });
  it('select what is missing for "(none)"', () => {
    expect(valueFilter('country', '(none)')).toEqual({ field: 'country', op: 'exists', value: false });
  });
  it('invert and invert back', () => {
    for (const filter of [
      mobile,
      { field: 'durationSec', op: 'lt', value: 3 } as const,
      { didNot: 'purchase' },
    ]) {
      expect(invertFilter(invertFilter(filter))).toEqual(filter);
    }
  });
});
