import type { ColumnSnapshot } from '../snapshot';
import { loadColumns, loadTable, type LoadedTable, type LoadOptions } from '../table/loadTable';
import type { People } from '../table/people';
import { bytesPerRow, share, type ColumnName, type TableHead } from '../table/sharedColumns';
import type { Slice } from '../table/stage';
import type { LanePool } from '../workers/lanePool';
import { BaseTable, type Difference } from './baseTable';
import { buildOverlay, type Overlay } from './overlay';

/** Bytes a row that every table takes beside its columns: where the row lies, and its session. */
const ROW_BYTES = 8;

/** A table that a scan covers; several are of disjoint people. */
export interface HeldTable {
  readonly table: LoadedTable;
  /** Persons whose rows don't count, ascending; null: all count. */
  readonly superseded: Uint32Array | null;
}

/** How tables of the current snapshot are loaded. */
export interface TableOptions extends Omit<
  LoadOptions,
  'parts' | 'people' | 'sessionCount' | 'pool' | 'isFollowed' | 'slice'
> {
  /** After how long without an event the sessions of the report end. */
  readonly sessionGapMs: number;
}

/**
 * The tables in memory, for one snapshot at a time. The next snapshot of the same lineage keeps the table that is
 * there and lays out only the people whom a change concerns, as an overlay.
 */
export class HeldTables {
  readonly #budgetBytes: number;
  readonly #mostShare: number;
  #snapshot: ColumnSnapshot | null = null;
  #people: People | null = null;
  #pool: LanePool | null = null;
  #base: BaseTable | null = null;
  /** What the base lacks of the snapshot; null: nothing. */
  #difference: Difference | null = null;
  #overlay: Overlay | null = null;
  /** When each column was last read, for dropping the one that was not for longest. */
  readonly #used = new Map<ColumnName, number>();
  #lastId = 0;

  /** @param mostShare of a table's rows, the most that an overlay takes over or adds */
  constructor(budgetBytes: number, mostShare: number) {
    this.#budgetBytes = budgetBytes;
    this.#mostShare = mostShare;
  }

  /** Begins to serve another snapshot, with what the last one's tables still are of it. */
  async turnTo(snapshot: ColumnSnapshot, people: People, pool: LanePool): Promise<void> {
    await this.#dropOverlay();
    const difference = pool === this.#base?.pool ? this.#base.follow(snapshot, people) : null;
    if (!difference) await this.#dropBase();
    const isSame = difference?.stretches.length === 0 && difference.moved.size === 0;
    this.#difference = isSame ? null : difference;
    this.#snapshot = snapshot;
    this.#people = people;
    this.#pool = pool;
  }

  /** Slices in which a report's columns are to be loaded to stay within the budget; 1: all of it fits. */
  slicesFor(wanted: readonly ColumnName[]): number {
    return Math.ceil((this.#rows() * bytesOf(wanted)) / this.#budgetBytes);
  }

  /** Which of further columns fit beside those wanted. */
  withRoomFor(wanted: readonly ColumnName[], further: Iterable<ColumnName>): ColumnName[] {
    const all = [...wanted];
    for (const name of further) {
      if (!all.includes(name) && this.slicesFor([...all, name]) === 1) all.push(name);
    }
    return all;
  }

  /**
   * The tables of the snapshot with the columns wanted; drops what was not read for longest when that goes beyond
   * the budget.
   * @throws BlockError, PartGone, `cancelled`
   */
  async load(wanted: readonly ColumnName[], options: TableOptions): Promise<HeldTable[]> {
    const base = await this.#loadBase(wanted, this.#optionsFor(options));
    const { superseded = null } = this.#overlay ?? {};
    return [
      { table: base.table, superseded },
      ...(this.#overlay ? [{ table: this.#overlay.table, superseded: null }] : []),
    ];
  }

  /** Has one slice of the people scanned after the other; none stays in memory. */
  async loadSlices<Answer>(
    wanted: readonly ColumnName[],
    count: number,
    options: TableOptions,
    scan: (tables: HeldTable[]) => Promise<readonly Answer[]>,
  ): Promise<Answer[]> {
    await this.#dropOverlay();
    await this.#dropBase();
    const whole = this.#optionsFor(options);
    const { canonicalOf } = whole.people;
    const slices = Math.min(count, 255);
    const sliceOf = new Uint8Array(share(canonicalOf.length));
    canonicalOf.forEach((canonical, user) => (sliceOf[user] = canonical % slices));
    const answers: Answer[] = [];
    for (let index = 0; index < slices; index++) {
      const slice: Slice = { sliceOf, index };
      const table = await loadTable(++this.#lastId, wanted, { ...whole, isFollowed: false, slice });
      await attach(table, whole.pool);
      answers.push(...(await scan([{ table, superseded: null }])));
      await detach(table, whole.pool);
    }
    return answers;
  }

  #rows(): number {
    return this.#snapshot?.parts.reduce((sum, { rows }) => sum + rows, 0) ?? 0;
  }

  #optionsFor(options: TableOptions): LoadOptions & TableOptions {
    const [snapshot, people, pool] = [this.#snapshot, this.#people, this.#pool];
    if (!snapshot || !people || !pool) throw new Error('There is no snapshot to load.');
    const { parts, sessionCount, isLive } = snapshot;
    // What is built once need not be followed; it saves four bytes a row.
    return { ...options, parts, sessionCount, people, pool, isFollowed: isLive };
  }

  async #loadBase(wanted: readonly ColumnName[], options: LoadOptions & TableOptions): Promise<BaseTable> {
    const { pool, people } = options;
    this.#lastId += 1;
    for (const name of wanted) this.#used.set(name, this.#lastId);
    const dropped = this.#chooseDropped(wanted);
    if (this.#base) {
      const base = this.#base;
      const { table } = base;
      const missing = wanted.filter((name) => !table.columns.has(name));
      if (missing.length > 0) {
        const columns = await loadColumns(table, missing, { ...options, parts: base.parts }, (index) =>
          base.isUsable(index),
        );
        for (const [name, column] of columns) table.columns.set(name, column);
      }
      if (missing.length > 0 || dropped.length > 0) await attach(table, pool, dropped);
      await digestSessions(table, options);
      if (await this.#loadOverlay(base, missing.length > 0, options)) return base;
      await this.#dropBase();
      this.#difference = null;
    }
    const table = await loadTable(++this.#lastId, wanted, options);
    for (const name of wanted) this.#used.set(name, this.#lastId);
    await attach(table, pool);
    await digestSessions(table, options);
    if (!this.#snapshot) throw new Error('There is no snapshot to load.');
    return (this.#base = new BaseTable(this.#snapshot, people, table, pool));
  }

  /** Brings the overlay up to the columns of the base; false where the base has to be laid out anew. */
  async #loadOverlay(base: BaseTable, isWider: boolean, options: LoadOptions): Promise<boolean> {
    if (!this.#difference || (this.#overlay && !isWider)) return true;
    await this.#dropOverlay();
    const mostRows = this.#mostShare * base.table.head.rows;
    const overlay = await buildOverlay(++this.#lastId, base, this.#difference, options, mostRows);
    if (!overlay) return false;
    await attach(overlay.table, options.pool);
    this.#overlay = overlay;
    return true;
  }

  /** Columns that have to go for those wanted, longest unread first. */
  #chooseDropped(wanted: readonly ColumnName[]): ColumnName[] {
    const dropped: ColumnName[] = [];
    const byAge = [...this.#used].sort(([, a], [, b]) => a - b).map(([name]) => name);
    for (const name of byAge) {
      if (this.slicesFor([...this.#used.keys()]) <= 1) break;
      if (wanted.includes(name)) continue;
      this.#used.delete(name);
      this.#base?.table.columns.delete(name);
      dropped.push(name);
    }
    return dropped;
  }

  async #dropBase(): Promise<void> {
    const base = this.#base;
    this.#base = null;
    this.#used.clear();
    if (base) await detach(base.table, base.pool);
  }

  async #dropOverlay(): Promise<void> {
    const overlay = this.#overlay;
    this.#overlay = null;
    if (overlay && this.#pool) await detach(overlay.table, this.#pool);
  }
}

const bytesOf = (names: readonly ColumnName[]): number =>
  ROW_BYTES + names.reduce((sum, name) => sum + bytesPerRow(name), 0);

async function attach(
  { head, columns }: LoadedTable,
  pool: LanePool,
  dropped: readonly ColumnName[] = [],
): Promise<void> {
  await pool.all((lane) => lane.call('attach', { head, columns, dropped }));
}

/**
 * Has each part derive its sessions, which know the ids of their rows, and gives the column's memory to others. Only
 * where nobody takes single rows from the table.
 */
async function digestSessions(
  table: LoadedTable,
  { pool, isFollowed, sessionGapMs: gapMs }: LoadOptions & TableOptions,
): Promise<void> {
  const session = table.columns.get('session');
  if (isFollowed || session?.kind !== 'ordinals') return;
  const { id } = table.head;
  await pool.all((lane, index) =>
    lane.call('sessions', { table: id, parts: partsOfLane(table.head, index, pool.lanes.length), gapMs }),
  );
  table.columns.set('session', { kind: 'inSessions' });
  const { buffer } = session.ordinals;
  if (buffer instanceof SharedArrayBuffer) table.spare.push(buffer);
  await attach(table, pool);
}

/** The parts of a table that a lane scans. */
export function partsOfLane({ parts }: TableHead, lane: number, lanes: number): number[] {
  return Array.from({ length: parts.length - 1 }, (_, part) => part).filter((part) => part % lanes === lane);
}

async function detach({ head }: LoadedTable, pool: LanePool): Promise<void> {
  await pool.all((lane) => lane.call('detach', { table: head.id }));
}
