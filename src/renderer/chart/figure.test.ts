import { describe, expect, it } from 'vitest';
import { areaPath, linePath, type PlotLine, type Scales } from './figure';

const scales: Scales = { plotWidth: 100, plotHeight: 50, x: (index) => index * 10, y: (value) => 50 - value };
const line = (...values: (number | null)[]): PlotLine => ({
  name: 'x',
  colour: '#000000',
  widthPx: 2,
  points: values.map((y, x) => ({ x, y })),
});

describe('a line as path data', () => {
  it('breaks where a value is unknown', () => {
    expect(linePath(line(1, 2, null, 4, 5), scales)).toBe('M0,49L10,48M30,46L40,45');
  });

  it('draws a point alone between gaps as a dot', () => {
    expect(linePath(line(null, 2.25, null), scales)).toBe('M10,47.8h0');
  });

  it('is nothing where nothing is known', () => {
    expect(linePath(line(null, null), scales)).toBe('');
  });

  it('closes the area under each stretch at 0', () => {
    expect(areaPath(line(1, 2, null, 4, 5), scales)).toBe('M0,50L0,49L10,48V50ZM30,50L30,46L40,45V50Z');
  });
});
