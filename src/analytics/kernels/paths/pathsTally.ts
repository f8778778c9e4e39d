import type { PathsData } from '../../../shared/reports/result';
import { compareCodePoints, compareRanked } from '../numbers';
import { OTHER } from '../series';
import type { Walk } from './walk';

export const DROP_OFF = '(drop-off)';

/** Codes of what is not a name. */
const DROP_OFF_CODE = -2;
const NOTHING = -3;

/** How often a name stands at a position. */
export interface NameCount {
  readonly name: string;
  readonly count: number;
}

/** The names that stay at each position, the most frequent first. */
export type KeptNames = readonly (readonly string[])[];

/**
 * Units by what they show, once rare names are folded. At a position with n names kept, slot 0 … n − 1 is a
 * name, n is "(other)" and n + 1 "(drop-off)".
 */
export interface PathCounts {
  /** By position, then slot. */
  readonly nodes: readonly Float64Array[];
  /** By position, then slot · (slots of the next position) + slot there. */
  readonly links: readonly Float64Array[];
}

type Codes = Int8Array | Int16Array | Int32Array;

/** The narrowest array that can hold codes below a number, and those of what is not a name. */
function codesFor(names: number, length: number): Codes {
  if (names <= 1 << 7) return new Int8Array(length);
  return names <= 1 << 15 ? new Int16Array(length) : new Int32Array(length);
}

/** Collects the paths of units. Memory: one small number a position of each unit. */
export class PathsTally {
  private positions: Codes;
  private count = 0;

  /**
   * @param steps positions, 2 to 20
   * @param expected how many units may come, and how many names there are, where it is known
   */
  constructor(
    private readonly steps: number,
    private readonly expected: { readonly units: number; readonly names: number } = {
      units: 500,
      names: Infinity,
    },
  ) {
    this.positions = codesFor(expected.names, steps * expected.units);
  }

  /** Number of units added. */
  get units(): number {
    return this.count;
  }

  add(walk: Walk): void {
    const { steps } = this;
    const offset = this.count * steps;
    if (offset + steps > this.positions.length) {
      const larger = codesFor(this.expected.names, 2 * (offset + steps));
      larger.set(this.positions);
      this.positions = larger;
    }
    const { positions } = this;
    for (let index = 0; index < steps; index += 1) positions[offset + index] = NOTHING;
    const { names, firstPosition } = walk;
    const first = offset + firstPosition - 1;
    for (let index = 0; index < names.length; index += 1) positions[first + index] = names[index] as number;
    if (walk.dropsOff) positions[first + names.length] = DROP_OFF_CODE;
    this.count += 1;
  }

  /** How often each name stands at each position. */
  nameCounts(names: readonly string[]): NameCount[][] {
    return Array.from({ length: this.steps }, (_, index) => {
      const counts = new Uint32Array(names.length);
      for (let unit = 0; unit < this.count; unit += 1) {
        const code = this.positions[unit * this.steps + index] as number;
        if (code >= 0) counts[code] = (counts[code] as number) + 1;
      }
      const found: NameCount[] = [];
      counts.forEach((count, code) => {
        if (count > 0) found.push({ name: names[code] ?? '', count });
      });
      return found;
    });
  }

  /** Counts what units show at each position and from there to the next. */
  shownCounts(names: readonly string[], kept: KeptNames): PathCounts {
    const { steps, positions, count } = this;
    const slots = slotsOf(names, kept);
    const nodes = kept.map((own) => new Float64Array(own.length + 2));
    const links = kept
      .slice(0, -1)
      .map((own, index) => new Float64Array((own.length + 2) * ((kept[index + 1]?.length ?? 0) + 2)));
    for (let index = 0; index < steps; index += 1) {
      const here = nodes[index] as Float64Array;
      const onward = links[index];
      const slotOf = slots[index] as Int32Array;
      const nextSlotOf = slots[index + 1] ?? slotOf;
      const dropOff = here.length - 1;
      const width = nodes[index + 1]?.length ?? 0;
      for (let unit = 0; unit < count; unit += 1) {
        const code = positions[unit * steps + index] as number;
        if (code === NOTHING) continue;
        const from = code === DROP_OFF_CODE ? dropOff : (slotOf[code] as number);
        here[from] = (here[from] as number) + 1;
        if (onward === undefined) continue;
        const next = positions[unit * steps + index + 1] as number;
        if (next === NOTHING) continue;
        const link = from * width + (next === DROP_OFF_CODE ? width - 1 : (nextSlotOf[next] as number));
        onward[link] = (onward[link] as number) + 1;
      }
    }
    return { nodes, links };
  }

  /**
   * Numbers of the units that stand at a node (and go on to another).
   * @param position from 1
   */
  unitsBehind(
    names: readonly string[],
    kept: KeptNames,
    wanted: { readonly position: number; readonly from: string; readonly to?: string | undefined },
  ): number[] {
    const slots = slotsOf(names, kept);
    const isShown = (unit: number, index: number, name: string): boolean => {
      if (index < 0 || index >= this.steps) return false;
      const code = this.positions[unit * this.steps + index] as number;
      if (code === NOTHING) return false;
      if (code === DROP_OFF_CODE) return name === DROP_OFF;
      return nameOfSlot(kept[index] ?? [], slots[index]?.[code] as number) === name;
    };
    const found: number[] = [];
    for (let unit = 0; unit < this.count; unit += 1) {
      const { position, from, to } = wanted;
      if (isShown(unit, position - 1, from) && (to === undefined || isShown(unit, position, to)))
        found.push(unit);
    }
    return found;
  }
}

function slotsOf(names: readonly string[], kept: KeptNames): Int32Array[] {
  return kept.map((own) => {
    const slots = new Map(own.map((name, slot) => [name, slot]));
    return Int32Array.from(names, (name) => slots.get(name) ?? own.length);
  });
}

function nameOfSlot(kept: readonly string[], slot: number): string {
  return kept[slot] ?? (slot === kept.length ? OTHER : DROP_OFF);
}

/** Decides which names stay at each position: the most frequent, ties by code point. */
export function keepNames(counts: readonly (readonly NameCount[])[], topNodes: number): KeptNames {
  return counts.map((found) =>
    found
      .map(({ name, count }) => ({ key: name, total: count }))
      .sort(compareRanked)
      .slice(0, topNodes)
      .map(({ key }) => key),
  );
}

/** Nodes and links of a report, by position, the largest first. */
export function describePaths(
  kept: KeptNames,
  { nodes, links }: PathCounts,
): Pick<PathsData, 'nodes' | 'links'> {
  const shown = (index: number, slot: number): string => nameOfSlot(kept[index] ?? [], slot);
  return {
    nodes: nodes.flatMap((counts, index) => {
      const found = Array.from(counts, (count, slot) => ({
        position: index + 1,
        name: shown(index, slot),
        count,
      }));
      return addUpEqual(found, ({ name }) => name).sort(compareNodes);
    }),
    links: links.flatMap((counts, index) => {
      const width = (kept[index + 1]?.length ?? 0) + 2;
      const found = Array.from(counts, (count, link) => ({
        position: index + 1,
        from: shown(index, Math.floor(link / width)),
        to: shown(index + 1, link % width),
        count,
      }));
      return addUpEqual(found, ({ from, to }) => JSON.stringify([from, to])).sort(
        (a, b) => b.count - a.count || compareCodePoints(a.from, b.from) || compareCodePoints(a.to, b.to),
      );
    }),
  };
}

/** What occurs, once: somebody may call an event "(other)". */
function addUpEqual<T extends { count: number }>(found: readonly T[], keyOf: (item: T) => string): T[] {
  const byKey = new Map<string, T>();
  for (const item of found) {
    if (item.count === 0) continue;
    const known = byKey.get(keyOf(item));
    if (known) known.count += item.count;
    else byKey.set(keyOf(item), item);
  }
  return [...byKey.values()];
}

/** Names by size, then code point; what is no name last. */
function compareNodes(
  a: { readonly name: string; readonly count: number },
  b: { readonly name: string; readonly count: number },
): number {
  const place = (name: string): number => (name === DROP_OFF ? 2 : name === OTHER ? 1 : 0);
  return place(a.name) - place(b.name) || b.count - a.count || compareCodePoints(a.name, b.name);
}
