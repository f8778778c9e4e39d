import { expect, it } from 'vitest';
import { compareResults } from './compareResults';
import type { AnyResult, Provenance, ResultData } from './result';

const provenance: Provenance = {
  executor: 'pipeline',
  database: 'shop',
  timezone: 'UTC',
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-01-03T00:00:00.000Z',
  generatedAt: '2026-01-03T00:00:00.000Z',
  dataThrough: null,
  elapsedMs: 1,
  documentsExamined: null,
};
const run = <K extends keyof ResultData>(kind: K, data: ResultData[K]): AnyResult =>
  ({ kind, title: '', definition: [], provenance, data }) as unknown as AnyResult;
const trend = (key: string, values: Record<string, number>): AnyResult =>
  run('trend', {
    interval: 'day',
    series: [
      {
        key,
        total: Object.values(values).reduce((sum, value) => sum + value, 0),
        points: Object.entries(values).map(([at, value]) => ({ at, value, complete: true })),
      },
    ],
  });

it('buckets are paired by their instant; what one run lacks is no zero', () => {
  const rows = compareResults(trend('all', { mon: 5, tue: 7 }), trend('all', { tue: 9, wed: 4 }));
  expect(
    rows.map(({ name, before, after, difference }) => [name.join(' '), before, after, difference]),
  ).toEqual([
    ['all total', 12, 13, 1],
    ['all tue', 7, 9, 2],
    ['all wed', undefined, 4, null],
    ['all mon', 5, undefined, null],
  ]);
  expect(rows.filter(({ same }) => same)).toEqual([]);
});

it('a run agrees with itself in every figure', () => {
  const paths = run('paths', {
    unit: 'session',
    units: 3,
    nodes: [{ position: 1, name: 'a', count: 3 }],
    links: [{ position: 1, from: 'a', to: 'b', count: 3 }],
  });
  const rows = compareResults(paths, paths);
  expect(rows.map(({ name }) => name.join(' '))).toEqual(['units', '1 a', '1 a → b']);
  expect(rows.every(({ same, difference }) => same && difference === 0)).toBe(true);
});

it('runs of different kinds are refused', () => {
  const users = run('users', { total: { count: 0, exact: true }, users: [], next: null });
  expect(() => compareResults(users, trend('all', {}))).toThrow(/kind "users".*kind "trend"/);
});
