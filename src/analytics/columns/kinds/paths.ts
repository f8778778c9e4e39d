import type { PathsData } from '../../../shared/reports/result';
import type { KindAnswer } from '../../engine/context';
import { describePaths, keepNames, type NameCount, type PathCounts } from '../../kernels/paths/pathsTally';
import { planWalk } from '../../pipeline/paths';
import type { PathsPart, PathsQuery } from './pathsPart';
import { listUnits, type Ask, type RunContext } from './runContext';

/** How often each name stands at each position, over all parts. */
function addUpNames(parts: readonly PathsPart[], steps: number): NameCount[][] {
  return Array.from({ length: steps }, (_, index) => {
    const counts = new Map<string, number>();
    for (const { names } of parts) {
      for (const { name, count } of names[index] ?? []) counts.set(name, (counts.get(name) ?? 0) + count);
    }
    return [...counts].map(([name, count]) => ({ name, count }));
  });
}

function addUpArrays(arrays: readonly (readonly Float64Array[])[]): Float64Array[] {
  const [first = []] = arrays;
  return first.map((own, index) => {
    const sum = new Float64Array(own.length);
    for (const array of arrays) {
      array[index]?.forEach((count, place) => (sum[place] = (sum[place] as number) + count));
    }
    return sum;
  });
}

/** Paths from columns. */
export async function runPaths(
  context: RunContext<'paths'>,
  ask: Ask<PathsQuery, PathsPart>,
): Promise<KindAnswer<'paths'>> {
  const { report } = context;
  const plan = planWalk(report);
  const named = await ask({ plan, kept: null });
  const kept = keepNames(addUpNames(named, plan.steps), report.topNodes);
  const parts = await ask({ plan, kept });
  const counts = parts.flatMap((part) => part.counts ?? []);
  const sums: PathCounts =
    counts.length === 0
      ? { nodes: [], links: [] }
      : {
          nodes: addUpArrays(counts.map(({ nodes }) => nodes)),
          links: addUpArrays(counts.map(({ links }) => links)),
        };
  const data: PathsData = {
    unit: report.unit,
    units: named.reduce((sum, part) => sum + part.units, 0),
    ...describePaths(kept, sums),
  };
  return { data: report.users ? { ...data, users: await listUnits(context, parts) } : data };
}
