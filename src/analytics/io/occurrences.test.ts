import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf } from './canonical';
import { OccurrenceNumbers } from './occurrences';

describe('OccurrenceNumbers', () => {
  it('counts equal lines apart from others', () => {
    const numbers = new OccurrenceNumbers();
    const seen = ['a', 'b', 'a', 'a', 'c', 'b'].map((line) => numbers.next(digestOf(line)));
    expect(seen).toEqual([0, 0, 1, 2, 0, 1]);
  });

  it('gives every repetition its own number, and the same ones in a second run', () => {
    const run = (): number[] => {
      const numbers = new OccurrenceNumbers();
      return Array.from({ length: 30_000 }, (_, index) => numbers.next(digestOf(`line ${index % 9_000}`)));
    };
    const first = run();
    const ids = new Set(first.map((number, index) => `${index % 9_000}/${number}`));
    expect(ids.size).toBe(30_000);
    expect(run()).toEqual(first);
    expect(first.slice(0, 9_000).every((number) => number === 0)).toBe(true);
  });
});

describe('canonicalJson', () => {
  it('does not depend on the order of keys, at any depth', () => {
    expect(canonicalJson({ b: 1, a: { d: [1, { y: 2, x: 1 }], c: null } })).toBe(
      canonicalJson({ a: { c: null, d: [1, { x: 1, y: 2 }] }, b: 1 }),
    );
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });
});
