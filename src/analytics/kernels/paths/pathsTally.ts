import type { PathsData } from '../../../shared/reports/result';
import { compareCodePoints, compareRanked } from '../numbers';
import { OTHER } from '../series';
import type { Walk } from './walk';

export const DROP_OFF = '(drop-off)';

/** Codes of what is not a name. */
const OTHER_CODE = -1;
const DROP_OFF_CODE = -2;
const NOTHING = -3;

/** Adds up paths. Memory: one small number a position of each unit. */
export class PathsTally {
  private positions = new Int32Array(4096);
  private count = 0;
  /** At each position, the names that stay; set by `fold`. */
  private kept: ReadonlySet<number>[] = [];

  /** @param steps positions, 2 to 20 */
  constructor(private readonly steps: number) {}

  /** Number of units added. */
  get units(): number {
    return this.count;
  }

  add(walk: Walk): void {
    const { steps } = this;
    const offset = this.count * steps;
    if (offset + steps > this.positions.length) {
      const larger = new Int32Array(2 * this.positions.length);
      larger.set(this.positions);
      this.positions = larger;
    }
    const row = this.positions.subarray(offset, offset + steps).fill(NOTHING);
    walk.names.forEach((name, index) => {
      row[walk.firstPosition - 1 + index] = name;
    });
    if (walk.dropsOff) row[walk.firstPosition - 1 + walk.names.length] = DROP_OFF_CODE;
    this.count += 1;
  }

  /** Decides which names stay at each position: the most frequent, ties by code point. */
  fold(names: readonly string[], topNodes: number): void {
    this.kept = Array.from({ length: this.steps }, (_, index) => {
      const counts = this.countAt(index);
      const ranked = [...counts]
        .filter(([code]) => code >= 0)
        .map(([code, total]) => ({ code, key: names[code] ?? '', total }))
        .sort(compareRanked);
      return new Set(ranked.slice(0, topNodes).map(({ code }) => code));
    });
  }

  /** Nodes and links after folding, by position, the largest first. */
  figures(names: readonly string[]): Pick<PathsData, 'nodes' | 'links'> {
    const nameOf = (code: number): string =>
      code === OTHER_CODE ? OTHER : code === DROP_OFF_CODE ? DROP_OFF : (names[code] ?? '');
    const nodes: PathsData['nodes'] = [];
    const links: PathsData['links'] = [];
    for (let index = 0; index < this.steps; index += 1) {
      const here = new Map<string, number>();
      const onward = new Map<string, { from: string; to: string; count: number }>();
      for (let unit = 0; unit < this.count; unit += 1) {
        const from = this.shownAt(unit, index);
        if (from === NOTHING) continue;
        const name = nameOf(from);
        here.set(name, (here.get(name) ?? 0) + 1);
        const to = index + 1 < this.steps ? this.shownAt(unit, index + 1) : NOTHING;
        if (to === NOTHING) continue;
        const key = JSON.stringify([name, nameOf(to)]);
        const link = onward.get(key);
        if (link) link.count += 1;
        else onward.set(key, { from: name, to: nameOf(to), count: 1 });
      }
      const position = index + 1;
      const found = [...here].map(([name, count]) => ({ position, name, count }));
      nodes.push(...found.sort((a, b) => compareNodes(a, b)));
      const next = [...onward.values()].map((link) => ({ position, ...link }));
      links.push(
        ...next.sort(
          (a, b) => b.count - a.count || compareCodePoints(a.from, b.from) || compareCodePoints(a.to, b.to),
        ),
      );
    }
    return { nodes, links };
  }

  /**
   * Whether a unit stands at a node (and goes on to another).
   * @param position from 1
   */
  isBehind(
    names: readonly string[],
    unit: number,
    position: number,
    from: string,
    to: string | undefined,
  ): boolean {
    const nameAt = (index: number): string | undefined => {
      if (index < 0 || index >= this.steps) return undefined;
      const code = this.shownAt(unit, index);
      if (code === NOTHING) return undefined;
      return code === OTHER_CODE ? OTHER : code === DROP_OFF_CODE ? DROP_OFF : names[code];
    };
    return nameAt(position - 1) === from && (to === undefined || nameAt(position) === to);
  }

  private countAt(index: number): Map<number, number> {
    const counts = new Map<number, number>();
    for (let unit = 0; unit < this.count; unit += 1) {
      const code = this.positions[unit * this.steps + index] as number;
      counts.set(code, (counts.get(code) ?? 0) + 1);
    }
    return counts;
  }

  private shownAt(unit: number, index: number): number {
    const code = this.positions[unit * this.steps + index] as number;
    if (code < 0) return code;
    return this.kept[index]?.has(code) === true ? code : OTHER_CODE;
  }
}

/** Names by size, then code point; what is no name last. */
function compareNodes(
  a: { readonly name: string; readonly count: number },
  b: { readonly name: string; readonly count: number },
): number {
  const place = (name: string): number => (name === DROP_OFF ? 2 : name === OTHER ? 1 : 0);
  return place(a.name) - place(b.name) || b.count - a.count || compareCodePoints(a.name, b.name);
}
