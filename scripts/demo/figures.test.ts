import { expect, test } from 'vitest';
import { compareFigures, figuresAsCsv, type Figure } from './figures.ts';

const figure = (kpi: string, value: string, previous = '0'): Figure => ({ kpi, value, previous });
const all = (users: string): Figure[] => [figure('users', users), figure('bounceRate', 'null', '0.25')];

test('equal figures have no difference; unequal ones are named with both values', () => {
  expect(compareFigures(['window', all('12')], ['command line', all('12')])).toEqual([]);
  expect(compareFigures(['window', all('12')], ['command line', all('13')])).toEqual([
    'users (value): window 12, command line 13',
  ]);
});

test('the last digit counts', () => {
  const [left, right] = [
    [figure('stickiness', '0.1234567890123')],
    [figure('stickiness', '0.1234567890124')],
  ];
  expect(compareFigures(['window', left], ['command line', right])).toHaveLength(1);
});

test('a figure that one side lacks is a difference', () => {
  expect(compareFigures(['window', []], ['command line', [figure('users', '1')]])[0]).toBe(
    'users (value): window missing, command line 1',
  );
});

test('written down like an exported report, undefined figures empty', () => {
  expect(figuresAsCsv(all('12'))).toBe('kpi,value,previous\nusers,12,0\nbounceRate,,0.25\n');
});
