import { expect, it } from 'vitest';
import { goBack, goForward, visit, type History } from './history';

const start: History<string> = { past: [], present: 'a', future: [] };

it('goes back and forward over what was visited, and a new place forgets what lay ahead', () => {
  const there = visit(visit(start, 'b'), 'c');
  expect(goBack(goBack(there)).present).toBe('a');
  expect(goForward(goBack(there))).toEqual(there);
  expect(goForward(visit(goBack(there), 'd')).present).toBe('d');
  expect(goBack(start)).toBe(start);
});
