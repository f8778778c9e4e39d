import { Ordinals } from '../../kernels/growing';
import { idText } from '../../mapping/storedText';
import { countByPoint, type CountRow } from '../../pipeline/trend';
import type { TrendFigures } from './assemble';
import { sliceRange, type Slice } from '../slices';
import { nameOfValue, selectPeriod, type TrendPeriod } from './period';

/** Counts events by value and point. */
export async function gatherCounts(period: TrendPeriod): Promise<TrendFigures> {
  const { context, axis, compiled, value } = period;
  const { run, identities } = context;
  const byUser =
    period.valueOfUser !== null ||
    (compiled.filters.selectsUsers && compiled.filters.usersMatch.length === 0);
  const names = new Ordinals();
  const counts: number[][] = [];
  const addRow = ({ _id, n }: CountRow): void => {
    let canonical: string | null = null;
    if (byUser) {
      const id = idText(_id.u);
      if (id === null) return;
      canonical = identities.canonicalOf(id);
      if (!compiled.filters.acceptsUser(canonical)) return;
    }
    const ordinal = names.of(nameOfValue(period, _id.v, canonical));
    const row = (counts[ordinal] ??= new Array<number>(axis.starts.length).fill(0));
    row[_id.p] = (row[_id.p] ?? 0) + n;
  };
  const readSlice = async (slice: Slice): Promise<void> => {
    const stages = selectPeriod(period, byUser, { slice, covered: true });
    const pipeline = countByPoint({ mapping: context.mapping, axis, stages, value }, { user: byUser });
    for await (const batch of run.aggregateEvents<CountRow>(pipeline, {
      purpose: 'events by time',
      hint: period.covering?.hint,
    })) {
      batch.forEach(addRow);
    }
  };
  await Promise.all(sliceRange(context, period.range).map(readSlice));
  const total = (row: readonly number[] | undefined): number => (row ?? []).reduce((sum, n) => sum + n, 0);
  return {
    names: names.names,
    rankingTotals: () => counts.map(total),
    bySeries: (seriesOf, seriesCount) => {
      const values = Array.from({ length: seriesCount }, () => new Array<number>(axis.starts.length).fill(0));
      counts.forEach((row, ordinal) => {
        const into = values[seriesOf[ordinal] ?? -1];
        if (into) row.forEach((n, point) => (into[point] = (into[point] ?? 0) + n));
      });
      return { totals: values.map(total), values };
    },
  };
}
