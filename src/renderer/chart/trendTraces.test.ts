import { describe, expect, it } from 'vitest';
import { lastValue, trendTraces } from './trendTraces';

const point = (at: string, value: number, complete: boolean) => ({ at, value, complete });
const series = {
  key: 'all',
  total: 10,
  points: [
    point('2026-11-20T00:00:00.000Z', 4, true),
    point('2026-11-21T00:00:00.000Z', 6, true),
    point('2026-11-22T00:00:00.000Z', 0, false),
    point('2026-11-23T00:00:00.000Z', 0, false),
  ],
};
const NOON = Date.parse('2026-11-22T12:00:00.000Z');

describe('a line over time', () => {
  it('is dashed where a bucket is open and ends where none has begun', () => {
    const traces = trendTraces([{ series, label: 'Users', colour: '#000' }], false, NOON);
    expect(traces.map((trace) => ('y' in trace ? trace.y : []))).toEqual([
      [4, 6, null, null],
      [null, 6, 0, null],
    ]);
    expect(traces[0]).toHaveProperty('fill', 'tozeroy');
    const broken = {
      ...series,
      points: series.points.map((each, at) => ({ ...each, complete: at % 2 === 0 })),
    };
    const [first] = trendTraces([{ series: broken, label: 'Users', colour: '#000' }], false, NOON);
    expect(first).not.toHaveProperty('fill');
    expect(lastValue(series, NOON)).toBe(0);
    expect(lastValue({ ...series, points: series.points.slice(1, 4) }, NOON - 86_400_000)).toBe(6);
  });
});
