import { expect, test } from 'vitest';
import { readDemoOptions } from './options.mjs';

test('without arguments the shop is kept as it is', () => {
  expect(readDemoOptions([])).toEqual({
    events: null,
    seed: null,
    reset: false,
    smoke: false,
    out: 'demo-smoke',
    help: false,
  });
});

test('every option is read', () => {
  const args = ['--smoke', '--out', '/tmp/x', '--events', '5000', '--seed=7', '--reset'];
  expect(readDemoOptions(args)).toMatchObject({
    smoke: true,
    out: '/tmp/x',
    events: 5000,
    seed: 7,
    reset: true,
  });
});

test.each([
  [['--events', 'many'], '--events takes a whole number from 1 to 100000000, not "many".'],
  [['--events', '0'], '--events takes a whole number'],
  [['--seed', '1.5'], '--seed takes a whole number'],
  [['--out', 'x'], '--out belongs to --smoke.'],
  [['--evnets', '5'], "Unknown option '--evnets'"],
])('%s is refused with a sentence', (args, sentence) => {
  expect(() => readDemoOptions(args)).toThrow(sentence);
});
