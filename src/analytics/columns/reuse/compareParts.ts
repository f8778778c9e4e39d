import type { SnapshotPart } from '../snapshot';

/** A stretch of time, ms; `to` exclusive. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What became of the parts of one snapshot in a later one of the same lineage. */
export interface PartChanges {
  /** Names of the parts that both have. */
  readonly kept: ReadonlySet<string>;
  /** The later snapshot's other parts, in order. */
  readonly fresh: readonly SnapshotPart[];
  /** When anything lies that only one of them has, in order and apart from each other; nothing kept lies in them. */
  readonly stretches: readonly Stretch[];
}

interface Bucket extends Stretch {
  readonly names: readonly string[];
}

/** Names by which parts of one lineage are known: equal names, equal rows under equal ordinals. */
export function nameParts(parts: readonly SnapshotPart[]): string[] {
  const times = new Map<string, number>();
  return parts.map((part) => {
    const name = `${part.start} ${'hash' in part ? part.hash : part.key}`;
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    return before === 0 ? name : `${name} ${before}`;
  });
}

/** Parts that may share an instant, together. */
function bucketsOf(parts: readonly SnapshotPart[], names: readonly string[]): Bucket[] {
  const buckets: { from: number; to: number; names: string[] }[] = [];
  parts.forEach(({ start, end }, index) => {
    const last = buckets[buckets.length - 1];
    const name = names[index] as string;
    if (last && start < last.to) {
      last.to = Math.max(last.to, end);
      last.names.push(name);
    } else buckets.push({ from: start, to: end, names: [name] });
  });
  return buckets;
}

/** Stretches joined where they touch or overlap, in order of time. */
function join(stretches: readonly Stretch[]): Stretch[] {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = joined[joined.length - 1];
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

/**
 * Compares two snapshots of one lineage.
 * @param usable names of the earlier one's parts that may be kept
 */
export function compareParts(
  earlier: readonly SnapshotPart[],
  later: readonly SnapshotPart[],
  usable: ReadonlySet<string>,
): PartChanges {
  const [before, after] = [nameParts(earlier), nameParts(later)];
  const has = new Set(after);
  const kept = new Set(before.filter((name) => usable.has(name) && has.has(name)));
  const buckets = [...bucketsOf(earlier, before), ...bucketsOf(later, after)];
  // Parts of a bucket follow each other without a boundary in time, so they are kept together or not at all.
  for (let size = -1; size !== kept.size;) {
    size = kept.size;
    for (const { names } of buckets) {
      if (!names.every((name) => kept.has(name))) for (const name of names) kept.delete(name);
    }
  }
  return {
    kept,
    fresh: later.filter((_part, index) => !kept.has(after[index] as string)),
    stretches: join(buckets.filter(({ names }) => names.some((name) => !kept.has(name)))),
  };
}
