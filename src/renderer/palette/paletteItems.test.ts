import { expect, it } from 'vitest';
import { findItems, readQuery, type PaletteItem } from './paletteItems';

const item = (group: PaletteItem['group'], label: string): PaletteItem => ({
  group,
  id: label,
  label,
  run: () => undefined,
});
const items = [
  item('Views', 'Users'),
  item('Actions', 'Refresh'),
  item('Events', 'refund'),
  item('Actions', 'Export refunds'),
];

it('a prefix asks for one group', () => {
  expect(readQuery('#ref')).toEqual({ group: 'Events', words: 'ref' });
  expect(findItems(items, '>ref').map(({ label }) => label)).toEqual(['Refresh', 'Export refunds']);
});

it('labels that begin with the words come first', () => {
  expect(findItems(items, 'ref').map(({ label }) => label)).toEqual(['Refresh', 'refund', 'Export refunds']);
  expect(findItems(items, 'nothing')).toEqual([]);
});
