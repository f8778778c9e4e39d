import { expect, it } from 'vitest';
import type { Filter } from '../../shared/reports/filters';
import { describeEvent, describeFilter } from './describeFilter';

it.each<[Filter, string]>([
  [{ field: 'device', op: 'in', values: ['mobile', 'tablet'] }, 'Device is mobile or tablet'],
  [{ field: 'properties.amount', op: 'gte', value: 5 }, 'amount ≥ 5'],
  [{ field: 'country', op: 'exists', value: false }, 'Country is (none)'],
  [{ didNot: 'purchase' }, 'did not purchase'],
  [
    { did: { event: 'search', where: [{ field: 'os', op: 'eq', value: 'iOS' }] }, atLeast: 2 },
    'did search (System is iOS) at least 2 times',
  ],
])('a filter reads as a sentence: %j', (filter, text) => {
  expect(describeFilter(filter)).toBe(text);
});

it('an event reads by its label first', () => {
  expect(describeEvent({ anyOf: ['a', 'b'] })).toBe('a or b');
  expect(describeEvent({ event: 'a', label: 'Visit' })).toBe('Visit');
  expect(describeEvent('*')).toBe('any event');
});
