import { expect, it } from 'vitest';
import type { DashboardCard } from '../../../shared/ipc/library';
import { inOrder, moveCard, placeCards, resizeCard } from './arrange';

const card = (id: string, width: number): DashboardCard => ({
  id,
  report: { version: 1, kind: 'kpis', range: { last: '1d' } },
  column: 0,
  row: 0,
  width,
  height: 4,
});
const cards = placeCards([card('a', 6), card('b', 6), card('c', 12)]);

it('cards fill rows from left to right', () => {
  expect(cards.map(({ column, row }) => [column, row])).toEqual([
    [0, 0],
    [6, 0],
    [0, 4],
  ]);
});

it('moving and resizing keep them in order and inside the grid', () => {
  expect(inOrder(moveCard(cards, 'c', -1)).map(({ id }) => id)).toEqual(['a', 'c', 'b']);
  const wide = resizeCard(cards, 'a', 9, 1);
  expect(wide.map(({ id, column, row, width }) => [id, column, row, width])).toEqual([
    ['a', 0, 0, 12],
    ['b', 0, 5, 6],
    ['c', 0, 9, 12],
  ]);
});
