import { Ordinals } from '../../kernels/growing';
import { isTextField } from '../format/block';
import type { SnapshotPart } from '../snapshot';
import type { LanePool } from '../workers/lanePool';
import { releaseBuffers } from '../workers/ownBuffers';
import { layOut, Places } from './layout';
import type { People } from './people';
import { ReadAhead } from './readAhead';
import type { Scatter } from './scatter';
import { share, shareCodes, type ColumnName, type SharedColumn, type TableHead } from './sharedColumns';
import type { Slice, StagedBlock, StagedColumn } from './stage';

/** Parts hold about so many rows: small enough for a cache and to cancel between, large enough to be worth a call. */
const ROWS_PER_PART = 400_000;
/** Bytes of blocks, as stored, that are read before a lane has time for them. */
const AHEAD_BYTES = 2 * 2 ** 20;

/** A table in shared memory, and what is needed to load further columns of it. */
export interface LoadedTable {
  readonly head: TableHead;
  readonly columns: Map<ColumnName, SharedColumn>;
  /**
   * Row of the table for each row of the blocks, counted over all of them; null where later snapshots take nothing
   * from the table: then it is worked out anew for each further column.
   */
  readonly destination: Uint32Array | null;
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

/** Reads the columns of every part, a few parts at a time. @throws BlockError, PartGone, `cancelled` */
export function stageParts(
  options: Omit<LoadOptions, 'people' | 'sessionCount' | 'isFollowed'>,
  names: readonly ColumnName[],
): Promise<StagedBlock[]> {
  const { parts, pool, readPart, slice, onProgress, signal } = options;
  let done = 0;
  const ahead = new ReadAhead(parts, readPart, (part) => ('bytes' in part ? part.bytes : 0), AHEAD_BYTES);
  return pool.each(
    [...parts.entries()],
    async ([index, part], lane) => {
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
    },
    signal,
  );
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

/** One column of the table from those of the blocks: allocates it and says how rows move into it. */
function planColumn(
  name: ColumnName,
  blocks: readonly StagedBlock[],
  rows: number,
): { column: SharedColumn; moves: Scatter[] } | null {
  const parts: { from: StagedColumn; block: StagedBlock }[] = [];
  for (const block of blocks) {
    const from = block.columns.get(name);
    if (from) parts.push({ from, block });
  }
  if (parts.length < blocks.length) return null;
  const isTime = name === 'at';
  const kinds = new Set(parts.map(({ from }) => (from.kind === 'packed' ? from.as : from.kind)));
  // Times are taken from blocks, where they count from its start, and from other tables.
  if (kinds.size > 1 && !isTime) return null;
  if (kinds.has('codes') || (blocks.length === 0 && isTextField(name))) {
    const ordinals = new Ordinals();
    const remaps = parts.map(({ from }) => {
      const values = from.kind === 'codes' ? from.values : [];
      return Uint32Array.from(values, (text, code) => (code === 0 ? 0 : 1 + ordinals.of(text)));
    });
    const codes = shareCodes(rows, ordinals.size);
    const column: SharedColumn = { kind: 'codes', codes, values: ['', ...ordinals.names] };
    const moves = parts.map(({ from }, index) => ({
      from,
      to: column,
      remap: remaps[index] as Uint32Array,
      add: 0,
    }));
    return { column, moves };
  }
  const column: SharedColumn =
    kinds.has('numbers') || isTime || (blocks.length === 0 && name !== 'session' && name !== 'user')
      ? { kind: 'numbers', numbers: new Float64Array(share(8 * rows)) }
      : { kind: 'ordinals', ordinals: new Uint32Array(share(4 * rows)) };
  const moves = parts.map(({ from, block }) => ({
    from,
    to: column,
    remap: null,
    add: isTime ? block.start : 0,
  }));
  return { column, moves };
}

/** @param placesOf where the rows of a block lie; asked block after block */
async function moveColumns(
  names: readonly ColumnName[],
  blocks: readonly StagedBlock[],
  placesOf: (block: StagedBlock, index: number) => Uint32Array,
  rows: number,
  pool: LanePool,
): Promise<Map<ColumnName, SharedColumn>> {
  const columns = new Map<ColumnName, SharedColumn>();
  const byBlock: Scatter[][] = blocks.map(() => []);
  for (const name of names) {
    const planned = planColumn(name, blocks, rows);
    if (!planned) continue;
    columns.set(name, planned.column);
    planned.moves.forEach((move, index) => byBlock[index]?.push(move));
  }
  // Lanes write to different rows of the same columns. Blocks are begun one after the other.
  await pool.each([...blocks.entries()], ([index, block], lane) =>
    lane.call('scatter', { moves: byBlock[index] ?? [], destination: placesOf(block, index) }),
  );
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
  return { head: { id, rows, start, canonical, parts, sessionCount }, columns, destination };
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
  { head, destination }: LoadedTable,
  names: readonly ColumnName[],
  options: LoadOptions,
  isWanted: (part: number) => boolean,
): Promise<Map<ColumnName, SharedColumn>> {
  const { parts, people, pool } = options;
  if (!destination) {
    const blocks = await stageParts(options, names);
    const places = new Places(head, people.canonicalOf, people.count);
    return moveColumns(names, blocks, placesByUser(places), head.rows, pool);
  }
  const listed = listedPlaces(parts, destination).filter((_own, part) => isWanted(part));
  const wanted = parts.filter((_part, index) => isWanted(index));
  const blocks = await stageParts({ ...options, parts: wanted }, names);
  releaseBuffers(blocks.map(({ user }) => user.buffer));
  return moveColumns(names, blocks, (_block, index) => listed[index] as Uint32Array, head.rows, pool);
}
