import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AnswerBoard } from './showAnswers';

const IN_SIGHT = true;
const OUT_OF_SIGHT = false;
const MORE = true;
const NO_MORE = false;

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

/** A board, and what it has put on screen with the time of each, ms. */
function boardAt(): { shown: string[]; put: (name: string, inSight: boolean, more: boolean) => void } {
  const shown: string[] = [];
  const board = new AnswerBoard(() => Date.now());
  const put = (name: string, inSight: boolean, more: boolean): void =>
    board.show(() => shown.push(`${name} ${Date.now()}`), inSight, more);
  return { shown, put };
}

describe('answers put on screen', () => {
  it('the first is there at once, the next ones together, the last one at once', () => {
    const { shown, put } = boardAt();
    put('kpis', IN_SIGHT, MORE);
    vi.advanceTimersByTime(10);
    put('trend', IN_SIGHT, MORE);
    vi.advanceTimersByTime(10);
    put('heat', IN_SIGHT, MORE);
    expect(shown).toEqual(['kpis 0']);
    vi.advanceTimersByTime(40);
    expect(shown).toEqual(['kpis 0', 'trend 48', 'heat 48']);
    put('events', IN_SIGHT, MORE);
    vi.advanceTimersByTime(5);
    put('pages', IN_SIGHT, NO_MORE);
    expect(shown.slice(3)).toEqual(['events 65', 'pages 65']);
  });

  it('what is out of sight follows what is in sight, and does not wait for ever', () => {
    const { shown, put } = boardAt();
    put('users', OUT_OF_SIGHT, MORE);
    vi.advanceTimersByTime(10);
    put('kpis', IN_SIGHT, NO_MORE);
    expect(shown).toEqual(['kpis 10']);
    vi.advanceTimersByTime(100);
    expect(shown).toEqual(['kpis 10', 'users 30']);
    put('users', OUT_OF_SIGHT, MORE);
    vi.advanceTimersByTime(1_000);
    expect(shown[2]).toBe('users 360');
  });

  it('a single answer is there at once, wherever it lies', () => {
    const { shown, put } = boardAt();
    put('users', OUT_OF_SIGHT, NO_MORE);
    expect(shown).toEqual(['users 0']);
  });
});
