import { DAY_MS } from '../../../shared/time/units';
import type { SourceRun } from '../../source/sourceRun';
import { assembleBlock, type Numbering } from '../format/assembleBlock';
import type { PropertyColumn } from '../format/columnEvent';
import { encodeBlock } from '../format/encode';
import type { EventDetails } from '../journeys/details';
import type { FolderStore } from '../store/folderStore';
import type { Manifest } from '../store/manifest';
import { PendingEvents } from './pendingEvents';
import { readEvents, type EventRange } from './readEvents';

/** Start of the UTC day that holds an instant, ms. */
export const dayOf = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;

export interface WriteOptions {
  readonly run: SourceRun;
  readonly store: FolderStore;
  readonly declared: readonly PropertyColumn[];
  readonly ordinals: { readonly users: Numbering; readonly sessions: Numbering };
  /** Whole days; all of them unless given. */
  readonly range?: EventRange | undefined;
  /** Handed every event whole. */
  readonly details: (event: EventDetails) => Promise<void>;
  readonly onProgress?: ((events: number) => void) | undefined;
}

/** Columns that could not hold every value, with the reason, by the day (ms) that holds such a value. */
export type InexactDays = ReadonlyMap<number, Readonly<Record<string, string>>>;

/** What the days that were read have become. */
export interface WrittenDays {
  /** In order of time. */
  readonly blocks: Manifest['blocks'];
  readonly inexact: InexactDays;
}

/** Reads events and stores them as blocks of a day each, several where a day has too many for one. */
export async function writeBlocks(options: WriteOptions): Promise<WrittenDays> {
  const { run, store, declared, ordinals, range, details } = options;
  const blocks: Manifest['blocks'] = [];
  const inexact = new Map<number, Record<string, string>>();
  const pending = new PendingEvents();
  let total = 0;
  const flush = async (): Promise<void> => {
    const events = pending.take();
    const [first, last] = [events[0], events[events.length - 1]];
    if (!first || !last) return;
    const start = dayOf(first.at);
    const block = assembleBlock(start, events, ordinals, declared);
    const file = await store.put('block', 'arrow.gz', await encodeBlock(block), block.rows);
    blocks.push({ ...file, start, end: last.at + 1 });
    total += events.length;
    options.onProgress?.(total);
  };
  for await (const event of readEvents(run, declared, new Map(), { range, details })) {
    const { first } = pending;
    if (first && (dayOf(first.at) !== dayOf(event.at) || pending.isFull)) await flush();
    pending.add(event);
    if (event.inexact) {
      const day = dayOf(event.at);
      inexact.set(day, { ...inexact.get(day), ...Object.fromEntries(event.inexact) });
    }
  }
  await flush();
  return { blocks, inexact };
}
