import type { SnapshotPart } from '../snapshot';
import type { LanePool } from '../workers/lanePool';
import type { Lane } from '../workers/lanes';
import { releaseBuffers } from '../workers/ownBuffers';
import { ColumnMaker } from './columnMaker';
import { layOut, Places } from './layout';
import type { People } from './people';
import { ReadAhead } from './readAhead';
import type { Scatter } from './scatter';
import { share, type ColumnName, type SharedColumn, type TableHead } from './sharedColumns';
import type { Slice, StagedBlock } from './stage';
import type { TimeSpan } from './times';

/** Parts hold about so many rows: small enough for a cache and to cancel between, large enough to be worth a call. */
const ROWS_PER_PART = 400_000;
/** Bytes of blocks, as stored, that are read before a lane has time for them. */
const AHEAD_BYTES = 2 * 2 ** 20;
/** ms that a row of a block may lie behind the block's start. */
const MOST_OFFSET = 2 ** 32 - 1;

/** A table in shared memory, and what is needed to load further columns of it. */
export interface LoadedTable {
  readonly head: TableHead;
  readonly columns: Map<ColumnName, SharedColumn>;
  /**
   * Row of the table for each row of the blocks, counted over all of them; null where later snapshots take nothing
   * from the table: then it is worked out anew for each further column.
   */
  readonly destination: Uint32Array | null;
  /** Memory of columns that are gone, for others. */
  readonly spare: SharedArrayBuffer[];
}

export interface LoadOptions {
  /** In time order. */
  readonly parts: readonly SnapshotPart[];
  readonly people: People;
  /** Length of the list of session ids. */
  readonly sessionCount: number;
  readonly pool: LanePool;
  /** Whether later snapshots take rows from the table. */
  readonly isFollowed: boolean;
  /** Reads a stored part, through the cache. */
  readonly readPart: (part: SnapshotPart) => Promise<Uint8Array | null>;
  readonly slice?: Slice | undefined;
  /** Parts staged, of how many. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads columns of every part, a few parts at a time, and does something with each.
 * @param use is begun when `stage` is, so in the order of the parts
 * @throws BlockError, PartGone, `cancelled`
 */
function eachStaged<Output>(
  {
    parts,
    pool,
    readPart,
    slice,
    onProgress,
    signal,
  }: Omit<LoadOptions, 'people' | 'sessionCount' | 'isFollowed'>,
  names: readonly ColumnName[],
  use: (stage: () => Promise<StagedBlock>, lane: Lane, index: number) => Promise<Output>,
): Promise<Output[]> {
  let done = 0;
  const ahead = new ReadAhead(parts, readPart, (part) => ('bytes' in part ? part.bytes : 0), AHEAD_BYTES);
  return pool.each(
    [...parts.entries()],
    ([index, part], lane) => {
      const stage = async (): Promise<StagedBlock> => {
        const bytes = await ahead.take(index);
        const staged = await lane.call('stage', {
          ...(bytes ? { bytes } : {}),
          ...('block' in part ? { block: part.block } : {}),
          names,
          slice,
        });
        done += 1;
        onProgress?.(done, parts.length);
        return staged;
      };
      return use(stage, lane, index);
    },
    signal,
  );
}

/** Reads columns of every part. @throws BlockError, PartGone, `cancelled` */
export function stageParts(
  options: Omit<LoadOptions, 'people' | 'sessionCount' | 'isFollowed'>,
  names: readonly ColumnName[],
): Promise<StagedBlock[]> {
  return eachStaged(options, names, (stage) => stage());
}

/** Persons at which parts begin: each about equally many rows, and as many parts for each lane. */
function cutParts(start: Uint32Array, rows: number, lanes: number): number[] {
  const count = lanes * Math.max(1, Math.ceil(rows / (lanes * ROWS_PER_PART)));
  const people = start.length - 1;
  const parts = [0];
  let person = 0;
  for (let part = 1; part < count; part++) {
    while (person < people && (start[person] as number) < (rows * part) / count) person++;
    parts.push(person);
  }
  parts.push(people);
  return parts;
}

/** @param placesOf where the rows of a block lie; asked block after block */
async function moveColumns(
  names: readonly ColumnName[],
  blocks: readonly StagedBlock[],
  placesOf: (block: StagedBlock, index: number) => Uint32Array,
  rows: number,
  pool: LanePool,
): Promise<Map<ColumnName, SharedColumn>> {
  const span = spanOf(blocks);
  const makers = names.map((name) => new ColumnMaker(name, rows, span));
  // Lanes write to different rows of the same columns. Blocks are begun one after the other.
  await pool.each([...blocks.entries()], ([index, block], lane) =>
    lane.call('scatter', { moves: movesOf(makers, block), destination: placesOf(block, index) }),
  );
  return finish(makers);
}

/** Where the times of blocks lie. */
function spanOf(blocks: readonly StagedBlock[]): TimeSpan {
  let [from, to] = [Infinity, -Infinity];
  for (const { start, columns } of blocks) {
    const at = columns.get('at');
    // Times count from the block's start, unless they were taken from another table.
    const own = at?.kind === 'numbers' ? at.numbers : [start, start + MOST_OFFSET];
    for (const time of own) {
      from = Math.min(from, time);
      to = Math.max(to, time);
    }
  }
  return from <= to ? { from, to } : { from: 0, to: 0 };
}

function movesOf(makers: readonly ColumnMaker[], block: StagedBlock): Scatter[] {
  return makers.flatMap((maker) => maker.take(block) ?? []);
}

function finish(makers: readonly ColumnMaker[]): Map<ColumnName, SharedColumn> {
  const columns = new Map<ColumnName, SharedColumn>();
  for (const maker of makers) {
    const column = maker.finish();
    if (column) columns.set(maker.name, column);
  }
  return columns;
}

/** The places of each block in a table's own list of them. */
function listedPlaces(blocks: readonly { readonly rows: number }[], destination: Uint32Array): Uint32Array[] {
  let firstRow = 0;
  return blocks.map(({ rows }) => destination.subarray(firstRow, (firstRow += rows)));
}

/** Works places out when they are asked for, and gives the memory of the users back. */
function placesByUser(places: Places): (block: StagedBlock) => Uint32Array {
  return ({ user }) => {
    const found = places.take(user);
    releaseBuffers([user.buffer]);
    return found;
  };
}

/** Lays out blocks that follow each other in time, for each person. */
export async function layOutBlocks(
  id: number,
  names: readonly ColumnName[],
  blocks: readonly StagedBlock[],
  {
    people,
    pool,
    sessionCount,
    isFollowed,
  }: Pick<LoadOptions, 'people' | 'pool' | 'sessionCount' | 'isFollowed'>,
): Promise<LoadedTable> {
  const layout = layOut(
    blocks.map(({ user }) => user),
    people.canonicalOf,
    people.count,
  );
  const { start, canonical, rows } = layout;
  const destination = isFollowed ? new Uint32Array(share(4 * rows)) : null;
  const places = new Places(layout, people.canonicalOf, people.count);
  const listed = destination && listedPlaces(blocks, destination);
  const columns = await moveColumns(
    names,
    blocks,
    listed ? ({ user }, index) => places.take(user, listed[index]) : placesByUser(places),
    rows,
    pool,
  );
  if (listed) releaseBuffers(blocks.map(({ user }) => user.buffer));
  const parts = cutParts(start, rows, pool.lanes.length);
  return { head: { id, rows, start, canonical, parts, sessionCount }, columns, destination, spare: [] };
}

/** Loads a table with some of its columns. @throws BlockError, PartGone, `cancelled` */
export async function loadTable(
  id: number,
  names: readonly ColumnName[],
  options: LoadOptions,
): Promise<LoadedTable> {
  return layOutBlocks(id, names, await stageParts(options, names), options);
}

/**
 * Loads further columns of a table. Rows of parts that are not wanted any more stay empty; where the table does not
 * know the places of rows, all are wanted.
 * @param options with the parts that the table was laid out from
 * @throws BlockError, PartGone, `cancelled`
 */
export async function loadColumns(
  { head, destination, spare }: LoadedTable,
  names: readonly ColumnName[],
  options: LoadOptions,
  isWanted: (part: number) => boolean,
): Promise<Map<ColumnName, SharedColumn>> {
  const { parts, people } = options;
  const allocate = (bytes: number): SharedArrayBuffer => {
    const own = spare.findIndex(({ byteLength }) => byteLength === bytes);
    return (own < 0 ? null : spare.splice(own, 1)[0]) ?? share(bytes);
  };
  const makers = names.map((name) => new ColumnMaker(name, head.rows, null, allocate));
  const listed = destination && listedPlaces(parts, destination).filter((_own, part) => isWanted(part));
  const wanted = listed ? parts.filter((_part, index) => isWanted(index)) : parts;
  const placesOf = listed
    ? ({ user }: StagedBlock, index: number): Uint32Array => {
        releaseBuffers([user.buffer]);
        return listed[index] as Uint32Array;
      }
    : placesByUser(new Places(head, people.canonicalOf, people.count));
  let placed = Promise.resolve();
  // No block waits for all others, as they do until a table is laid out, but each for its turn.
  await eachStaged({ ...options, parts: wanted }, names, async (stage, lane, index) => {
    const before = placed;
    let isPlaced = (): void => undefined;
    placed = new Promise((resolve) => (isPlaced = resolve));
    try {
      const block = await stage();
      await before;
      const moves = movesOf(makers, block);
      const own = placesOf(block, index);
      isPlaced();
      await lane.call('scatter', { moves, destination: own });
    } finally {
      isPlaced();
    }
  });
  return finish(makers);
}
