import { describe, expect, it } from 'vitest';
import { ENDS, HIDDEN, STARTS, walkUnit, type Walk, type WalkPlan } from './walk';

const PLAIN: WalkPlan = { steps: 4, collapseRepeats: true, hasStart: false, hasEnd: false };

/** The path of a unit's events, one letter each: `h` is hidden, `S` starts, `E` ends. */
function walk(events: string, plan: Partial<WalkPlan> = {}): string | undefined {
  const marks = [...events].map((name) => ({ h: HIDDEN, S: STARTS, E: ENDS, X: STARTS | ENDS })[name] ?? 0);
  const names = [...events].map((name) => name.charCodeAt(0));
  const found = walkUnit({ ...PLAIN, ...plan }, names, marks, names.length);
  return found && show(found);
}

/** `2:ab|` is the path a, b from position 2 on, and then the unit is gone. */
function show({ firstPosition, names, dropsOff }: Walk): string {
  return `${firstPosition}:${String.fromCharCode(...names)}${dropsOff ? '|' : ''}`;
}

describe('walkUnit', () => {
  it('ends in a drop-off only before the last position', () => {
    expect(walk('ab')).toBe('1:ab|');
    expect(walk('abcd')).toBe('1:abcd');
    expect(walk('abcdefg')).toBe('1:abcd');
    expect(walk('')).toBeUndefined();
  });

  it('hides before it collapses, so that what a hidden event parted becomes one', () => {
    expect(walk('ahab')).toBe('1:ab|');
    expect(walk('ahab', { collapseRepeats: false })).toBe('1:aab|');
    expect(walk('hhh')).toBeUndefined();
  });

  it('collapses before it cuts', () => {
    expect(walk('aaaabbbbccccddddee')).toBe('1:abcd');
    expect(walk('aaaabb', { collapseRepeats: false })).toBe('1:aaaa');
  });

  it('begins at the first start, and leaves out a unit without one', () => {
    expect(walk('abSabS', { hasStart: true })).toBe('1:SabS');
    expect(walk('ab', { hasStart: true })).toBeUndefined();
    expect(walk('hS', { hasStart: true })).toBe('1:S|');
  });

  it('is aligned to the right where there is only an end, and cut at its first occurrence', () => {
    expect(walk('abEcE', { hasEnd: true })).toBe('2:abE');
    expect(walk('abcdefE', { hasEnd: true })).toBe('1:defE');
    expect(walk('E', { hasEnd: true })).toBe('4:E');
    expect(walk('abc', { hasEnd: true })).toBeUndefined();
  });

  it('with both is aligned to the left, and an event cannot be its own end', () => {
    const both = { hasStart: true, hasEnd: true };
    expect(walk('ESabE', both)).toBe('1:SabE');
    expect(walk('SabcdeE', both)).toBe('1:Sabc');
    expect(walk('Xa', both)).toBeUndefined();
    expect(walk('XaX', both)).toBe('1:XaX');
  });

  it('finds an end that repeats the name before it', () => {
    expect(walk('XX', { hasStart: true, hasEnd: true })).toBe('1:X');
  });
});
