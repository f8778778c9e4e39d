import type { Snapshot } from '../../source/snapshot';
import type { SourceRun } from '../../source/sourceRun';
import { hourOf, segmentsOf, type DayPart } from '../live/columnDay';
import type { ColumnStore } from '../live/columnStore';
import type { ColumnBooks } from '../live/documents';
import type { ReachedPoint } from './crashPoints';
import { countHours } from './listHours';

interface Doubt {
  readonly books: ColumnBooks;
  /** Reads at `snapshot`, up to which every change is noted in `books`. */
  readonly run: SourceRun;
  readonly snapshot: Snapshot;
  readonly store: ColumnStore;
  readonly reached: ReachedPoint;
}

/**
 * Finds the parts that events were removed from, where the log told of a removal and not of its hour (servers without
 * pre-images). In the hours of a part that nothing else has changed, events can only have become fewer: when their
 * number is that of the part's rows, they are the same events, and the part is true at the present moment too.
 * All other parts are to be built again.
 * @returns `again` when days were changed: the books must be read once more
 */
export async function settleDoubts({
  books,
  run,
  snapshot,
  store,
  reached,
}: Doubt): Promise<'settled' | 'again'> {
  const { state } = books;
  const { removed, rewritten, lineage } = state;
  if (!removed && !rewritten) return 'settled';
  let isChanged = false;
  if (removed) {
    const counts = await countHours(run);
    for (const day of books.days) {
      const doubtful = segmentsOf(day).flatMap((segment) =>
        segment.kind === 'stored' && segment.part.since.lessThan(removed) ? [segment.part] : [],
      );
      if (doubtful.length === 0) continue;
      const firstHour = hourOf(day.start);
      const isWhole = ({ from, to, rows }: DayPart): boolean => {
        let events = 0;
        for (let hour = from; hour < to; hour++) events += counts.get(firstHour + hour) ?? 0;
        return events === rows;
      };
      const agreeing = new Set(doubtful.filter(isWhole));
      const outdated = doubtful.filter((part) => !agreeing.has(part));
      if (outdated.length > 0) {
        await store.noteHours(
          lineage,
          new Map(
            outdated.flatMap((part) => hoursOf(firstHour, part).map((hour) => [hour, removed] as const)),
          ),
        );
      }
      if (agreeing.size > 0) {
        const parts = day.parts.map((part) => (agreeing.has(part) ? { ...part, since: snapshot.at } : part));
        await store.publish(lineage, day, parts);
      }
      isChanged = true;
    }
    if (!isChanged) await store.settleRemoved(lineage, 'removed', removed);
  }
  if (rewritten && !books.days.some((day) => day.parts.some(({ since }) => since.lessThan(rewritten)))) {
    await store.settleRemoved(lineage, 'rewritten', rewritten);
  }
  reached('recount.settled');
  return isChanged ? 'again' : 'settled';
}

function hoursOf(firstHour: number, { from, to }: DayPart): number[] {
  return Array.from({ length: to - from }, (_, index) => firstHour + from + index);
}
