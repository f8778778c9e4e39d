import { expect, it } from 'vitest';
import { changeSince, highestRetention, retainedShare, seriesShares, shareOf } from './ratios';

it('a share of nothing is unknown', () => {
  expect(shareOf(1, 4)).toBe(0.25);
  expect(shareOf(0, 0)).toBeNull();
});

it('a change has a direction, a difference and, except from nothing, a proportion', () => {
  expect(changeSince(12, 10)).toEqual({ direction: 'up', difference: 2, relative: 12 / 10 - 1 });
  expect(changeSince(5, 10)).toEqual({ direction: 'down', difference: -5, relative: -0.5 });
  expect(changeSince(3, 0)).toEqual({ direction: 'up', difference: 3, relative: null });
  expect(changeSince(0, 0)).toEqual({ direction: 'same', difference: 0, relative: 0 });
  expect(changeSince(null, 3)).toBeNull();
  expect(changeSince(3, undefined)).toBeNull();
});

it('retention is a share of the cohort, and its height leaves period 0 out', () => {
  const cell = (period: number, users: number, complete = true) => ({ period, users, complete });
  const full = {
    at: '2026-06-01T00:00:00.000Z',
    size: 8,
    cells: [cell(0, 8), cell(1, 2), cell(2, 4, false)],
  };
  const empty = { at: '2026-06-08T00:00:00.000Z', size: 0, cells: [cell(0, 0), cell(1, 0)] };
  expect(full.cells.map((entry) => retainedShare(full, entry))).toEqual([1, 0.25, 0.5]);
  expect(empty.cells.map((entry) => retainedShare(empty, entry))).toEqual([null, null]);
  expect(highestRetention({ interval: 'week', cohorts: [full, empty], mean: [1, 0.25, null] })).toBe(0.5);
});

it('shares of series add up to one', () => {
  const series = [3, 1, null].map((total, index) => ({ key: String(index), total, points: [] }));
  expect(seriesShares({ interval: 'month', series })).toEqual([0.75, 0.25, 0]);
  expect(seriesShares({ interval: 'month', series: [{ key: 'a', total: 0, points: [] }] })).toEqual([null]);
});
