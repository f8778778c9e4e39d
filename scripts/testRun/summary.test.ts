import { expect, test } from 'vitest';
import { addUp, judgeTest, summaryLine } from './summary.mjs';

test('the summary names skips only when there are any', () => {
  expect(summaryLine({ passed: 12, failed: 0, skipped: [] })).toBe('12 passed, 0 failed');
  expect(summaryLine({ passed: 12, failed: 1, skipped: ['x: needs y'] })).toBe(
    '12 passed, 1 failed, 1 skipped',
  );
});

test('tallies add up', () => {
  const one = { passed: 2, failed: 1, skipped: ['a: needs b'] };
  const two = { passed: 3, failed: 0, skipped: [] };
  expect(addUp([one, two])).toEqual({ passed: 5, failed: 1, skipped: ['a: needs b'] });
});

test('a skip is allowed only to a test that says what the machine lacks', () => {
  expect(judgeTest({ name: 'a', state: 'passed' }).passed).toBe(1);
  expect(judgeTest({ name: 'a', state: 'failed' }).failed).toBe(1);
  expect(judgeTest({ name: 'a', state: 'pending' }).failed).toBe(1);
  expect(judgeTest({ name: 'a', state: 'skipped' }).failed).toBe(1);
  expect(judgeTest({ name: 'a', state: 'skipped', note: 'flaky' }).failed).toBe(1);
  expect(judgeTest({ name: 'a', state: 'skipped', note: 'needs Linux' })).toEqual({
    passed: 0,
    failed: 0,
    skipped: ['a: needs Linux'],
  });
});
