import { HOUR_MS } from '../../../shared/time/units';
import type { Snapshot } from '../../source/snapshot';
import type { SourceRun } from '../../source/sourceRun';
import { PendingEvents } from '../build/pendingEvents';
import { readEvents } from '../build/readEvents';
import { assembleBlock, type Numbering } from '../format/assembleBlock';
import { BLOCK_VERSION } from '../format/block';
import type { ColumnEvent, PropertyColumn } from '../format/columnEvent';
import { encodeBlock } from '../format/encode';
import type { ColumnDay, DayPart, StoredBlock } from '../live/columnDay';
import { MAX_BLOCK_BYTES, type ColumnStore } from '../live/columnStore';
import { idsOf } from '../live/growingIds';
import type { IdList } from '../live/idLists';
import { propertyKey } from '../live/assembleSnapshot';
import type { ReachedPoint } from './crashPoints';
import type { Batch, Piece } from './plan';

export interface BuildContext {
  /** Reads at `snapshot`. */
  readonly run: SourceRun;
  readonly snapshot: Snapshot;
  readonly store: ColumnStore;
  readonly lineage: string;
  readonly lists: { readonly users: IdList; readonly sessions: IdList };
  readonly declared: readonly PropertyColumn[];
  readonly reached: ReachedPoint;
  readonly onEvents: (events: number) => void;
}

/** What was published. */
export interface BuiltParts {
  readonly parts: number;
  /** Those of them that are not as they were before. */
  readonly differing: number;
  readonly events: number;
}

/** One piece of a batch with its place in time, ms. */
interface Placed {
  readonly day: ColumnDay;
  readonly piece: Piece;
  readonly start: number;
  readonly end: number;
  readonly isLastOfDay: boolean;
}

function place({ days }: Batch): Placed[] {
  return days.flatMap(({ day, pieces }) =>
    pieces.map((piece, index) => ({
      day,
      piece,
      start: day.start + piece.from * HOUR_MS,
      end: day.start + piece.to * HOUR_MS,
      isLastOfDay: index === pieces.length - 1,
    })),
  );
}

/**
 * Reads a batch's events as they are at the snapshot's moment and publishes a part for each piece, day by day.
 * Memory holds the events of one block.
 * A day that somebody else has published meanwhile is left to them.
 * @throws LineageEnded
 */
export async function buildBatch(context: BuildContext, batch: Batch): Promise<BuiltParts> {
  const { run, declared, reached } = context;
  const placed = place(batch);
  let position = 0;
  const pending = new PendingEvents();
  let blocks: StoredBlock[] = [];
  let parts: DayPart[] = [];
  const built = { parts: 0, differing: 0, events: 0 };
  const flush = async (start: number): Promise<void> => {
    const events = pending.take();
    if (events.length === 0) return;
    blocks.push(...(await storeBlocks(context, start, events)));
    context.onEvents(events.length);
  };
  const finish = async ({ day, piece, start, isLastOfDay }: Placed): Promise<void> => {
    const inexact = inexactOf.get(piece) ?? {};
    await flush(start);
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    parts.push({
      from: piece.from,
      to: piece.to,
      since: context.snapshot.at,
      rows,
      blocks,
      inexact,
      properties: declared.map(propertyKey),
      version: BLOCK_VERSION,
    });
    blocks = [];
    if (!isLastOfDay) return;
    if (await context.store.publish(context.lineage, day, replaceParts(day.parts, parts))) {
      built.parts += parts.length;
      built.events += parts.reduce((sum, part) => sum + part.rows, 0);
      built.differing += parts.filter((part) => !isAsBefore(part, day)).length;
    }
    reached('build.published');
    parts = [];
  };
  const inexactOf = new Map<Piece, Record<string, string>>();
  for await (const event of readEvents(run, declared, new Map(), {
    range: { from: batch.from, to: batch.to },
  })) {
    let current = placed[position];
    while (current && event.at >= current.end) {
      await finish(current);
      current = placed[++position];
    }
    if (!current) break;
    if (event.at < current.start) continue;
    if (pending.isFull) await flush(current.start);
    pending.add(event);
    if (event.inexact) {
      inexactOf.set(current.piece, { ...inexactOf.get(current.piece), ...Object.fromEntries(event.inexact) });
    }
  }
  reached('build.read');
  for (const rest of placed.slice(position)) await finish(rest);
  return built;
}

/** Whether a part holds the very blocks that its hours had before; hours in no part were empty. */
function isAsBefore(part: DayPart, day: ColumnDay): boolean {
  const old = day.parts.filter(({ from, to }) => from < part.to && part.from < to);
  const hashesOf = (parts: readonly DayPart[]): string =>
    JSON.stringify(parts.flatMap(({ blocks }) => blocks.map(({ hash }) => hash)));
  return hashesOf([part]) === hashesOf(old);
}

/** A day's parts with some replaced: what a new part touches, it covers. */
export function replaceParts(old: readonly DayPart[], parts: readonly DayPart[]): DayPart[] {
  const isKept = ({ from, to }: DayPart): boolean => !parts.some((part) => part.from < to && from < part.to);
  return [...old.filter(isKept), ...parts].sort((a, b) => a.from - b.from);
}

async function storeBlocks(
  context: BuildContext,
  start: number,
  events: readonly ColumnEvent[],
): Promise<StoredBlock[]> {
  const { store, lists, declared, reached } = context;
  const ids = idsOf(events);
  const numbering = {
    users: numberedBy(await lists.users.ordinalsOf(ids.users)),
    sessions: numberedBy(await lists.sessions.ordinalsOf(ids.sessions)),
  };
  reached('build.numbered');
  const block = assembleBlock(start, events, numbering, declared);
  const bytes = await encodeBlock(block);
  if (bytes.length > MAX_BLOCK_BYTES && events.length > 1) {
    const half = Math.ceil(events.length / 2);
    return [
      ...(await storeBlocks(context, start, events.slice(0, half))),
      ...(await storeBlocks(context, start, events.slice(half))),
    ];
  }
  const stored = await store.put('events', bytes, block.rows);
  reached('build.stored');
  return [{ ...stored, end: (events[events.length - 1]?.at ?? start) + 1 }];
}

function numberedBy(ordinals: ReadonlyMap<string, number>): Numbering {
  return {
    ordinalOf(id) {
      const ordinal = ordinals.get(id);
      if (ordinal === undefined) throw new Error('An id was not numbered.');
      return ordinal;
    },
  };
}
