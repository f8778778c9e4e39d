import { describe, expect, it } from 'vitest';
import { fitting } from './fitting';

const names = (typed: string): string[] =>
  fitting(
    ['page_view', 'product_view', 'view', 'viewport_change', 'search'].map((value) => ({
      value,
      label: value,
    })),
    typed,
  ).map(({ value }) => value);

describe('what fits a typed text', () => {
  it('is led by the whole name, then by what begins with it', () => {
    expect(names('View ')).toEqual(['view', 'viewport_change', 'page_view', 'product_view']);
  });

  it('keeps the order of what fits equally well, and is everything for nothing typed', () => {
    expect(names('p')).toEqual(['page_view', 'product_view', 'viewport_change']);
    expect(names('')).toHaveLength(5);
    expect(names('xyz')).toEqual([]);
  });

  it('is found by either name', () => {
    expect(fitting([{ value: '*', label: 'Any event' }], 'any')).toHaveLength(1);
    expect(fitting([{ value: 'page.path', label: 'Page' }], 'page.path')).toHaveLength(1);
  });
});
