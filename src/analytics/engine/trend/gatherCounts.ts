import { timeMatch } from '../../mapping/selection';
import { findEventIndex } from '../../source/eventIndexes';
import { Ordinals } from '../../kernels/growing';
import { idText } from '../../mapping/storedText';
import { countByPoint, type CountRow } from '../../pipeline/trend';
import type { TrendFigures } from './assemble';
import { sliceRange, type Slice } from '../slices';
import { nameOfValue, selectPeriod, type TrendPeriod } from './period';

/** So many counts of a bucket each are quicker than grouping. */
const MAX_COUNTED_POINTS = 100;
/** Counts that the server works on at the same time. */
const PARALLEL_COUNTS = 4;

/**
 * The number of events of each point where an index can count its keys without a look at any document: all
 * events, or those of one type. Undefined when more has to be looked at.
 */
async function countKeys(period: TrendPeriod): Promise<number[] | undefined> {
  const { context, axis, range, compiled, event, value, valueOfUser } = period;
  const { run, mapping, everyEventHasUser } = context;
  const { timestamp, eventType } = mapping.events.fields;
  const { starts } = axis;
  const isPlain =
    everyEventHasUser &&
    value === null &&
    valueOfUser === null &&
    compiled.filters.events.expr === true &&
    !compiled.filters.selectsUsers &&
    event.isTypeOnly &&
    (event.types === null || event.types.length === 1) &&
    mapping.events.unwind === undefined &&
    timestamp.as === 'date';
  if (!isPlain || axis.modulus !== undefined || starts.length > MAX_COUNTED_POINTS) return undefined;
  const typePath = 'path' in eventType && eventType.from === 'event' ? [eventType.path] : undefined;
  if (event.types !== null && typePath === undefined) return undefined;
  const paths = [...(event.types === null ? [] : (typePath ?? [])), timestamp.path];
  const hint = await findEventIndex(run, paths);
  if (hint === undefined) return undefined;
  const counts = new Array<number>(starts.length).fill(0);
  const points = starts.keys();
  const work = async (): Promise<void> => {
    for (const point of points) {
      const from = Math.max(range.from, starts[point] as number);
      const to = Math.min(range.to, starts[point + 1] ?? range.to);
      const match = { ...event.match, ...timeMatch(timestamp, from, to) };
      counts[point] = await run.count(mapping.events.collection, match, { purpose: 'events by time', hint });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_COUNTS }, work));
  return counts;
}

/** Counts events by value and point. */
export async function gatherCounts(period: TrendPeriod): Promise<TrendFigures> {
  const counted = await countKeys(period);
  if (counted) return countFigures(['all'], [counted], counted.length);
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
  return countFigures(names.names, counts, axis.starts.length);
}

/** Figures that are counts by value and point, and add up. */
export function countFigures(
  names: readonly string[],
  counts: readonly (readonly number[])[],
  points: number,
): TrendFigures {
  const total = (row: readonly number[] | undefined): number => (row ?? []).reduce((sum, n) => sum + n, 0);
  return {
    names,
    rankingTotals: () => counts.map(total),
    bySeries: (seriesOf, seriesCount) => {
      const values = Array.from({ length: seriesCount }, () => new Array<number>(points).fill(0));
      counts.forEach((row, ordinal) => {
        const into = values[seriesOf[ordinal] ?? -1];
        if (into) row.forEach((n, point) => (into[point] = (into[point] ?? 0) + n));
      });
      return { totals: values.map(total), values };
    },
  };
}
