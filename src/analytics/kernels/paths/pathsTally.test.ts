import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describePaths, DROP_OFF, keepNames, PathsTally } from './pathsTally';

const NAMES = ['a', 'b', 'c', '😀', '！'] as const;
const STEPS = 3;

/** A tally of paths given as lists of name codes, each with a drop-off where it is short. */
function tallyOf(paths: readonly (readonly number[])[]): PathsTally {
  const tally = new PathsTally(STEPS);
  for (const names of paths) tally.add({ firstPosition: 1, names, dropsOff: names.length < STEPS });
  return tally;
}

function figuresOf(tally: PathsTally, topNodes: number): ReturnType<typeof describePaths> {
  const kept = keepNames(tally.nameCounts(NAMES), topNodes);
  return describePaths(kept, tally.shownCounts(NAMES, kept));
}

describe('PathsTally', () => {
  it('keeps the most frequent names of each position, ties by code point, and folds the rest', () => {
    // 😀 (U+1F600) comes after ！ (U+FF01) by code point, before it by UTF-16 units.
    const { nodes } = figuresOf(tallyOf([[3], [4], [0], [0]]), 2);
    expect(nodes.filter(({ position }) => position === 1)).toEqual([
      { position: 1, name: 'a', count: 2 },
      { position: 1, name: '！', count: 1 },
      { position: 1, name: '(other)', count: 1 },
    ]);
    expect(nodes.filter(({ position }) => position === 2)).toEqual([
      { position: 2, name: DROP_OFF, count: 4 },
    ]);
  });

  it('names the units behind a node and a link', () => {
    const tally = tallyOf([[0, 1], [0, 2], [1]]);
    const kept = keepNames(tally.nameCounts(NAMES), 5);
    const behind = (position: number, from: string, to?: string): number[] =>
      tally.unitsBehind(NAMES, kept, { position, from, to });
    expect(behind(1, 'a')).toEqual([0, 1]);
    expect(behind(1, 'a', 'c')).toEqual([1]);
    expect(behind(1, 'b', DROP_OFF)).toEqual([2]);
    expect(behind(9, 'a')).toEqual([]);
  });

  it('conserves the flow: what comes into a node between the ends goes out of it', () => {
    const paths = fc.array(fc.array(fc.nat(NAMES.length - 1), { minLength: 1, maxLength: STEPS }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(paths, fc.integer({ min: 1, max: 4 }), (walks, topNodes) => {
        const { nodes, links } = figuresOf(tallyOf(walks), topNodes);
        for (const { position, name, count } of nodes) {
          const total = (of: typeof links): number => of.reduce((sum, link) => sum + link.count, 0);
          const inflow = total(links.filter((link) => link.position === position - 1 && link.to === name));
          const outflow = total(links.filter((link) => link.position === position && link.from === name));
          if (position > 1) expect(inflow).toBe(count);
          if (position < STEPS && name !== DROP_OFF) expect(outflow).toBe(count);
        }
      }),
      { numRuns: 100 },
    );
  });
});
