import { layOutBlocks, stageParts, type LoadOptions, type LoadedTable } from '../table/loadTable';
import { share, type Codes, type ColumnName, type SharedColumn } from '../table/sharedColumns';
import type { StagedBlock, StagedColumn } from '../table/stage';
import { Times } from '../table/times';
import type { BaseTable, Difference } from './baseTable';
import type { Stretch } from './compareParts';

/** A small table that stands for some people in place of another one. */
export interface Overlay {
  readonly table: LoadedTable;
  /** Persons of the base whose rows don't count, ascending. */
  readonly superseded: Uint32Array;
}

/** Person of a row. */
function personAt(start: Uint32Array, row: number): number {
  let low = 0;
  let high = start.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((start[middle] as number) <= row) low = middle;
    else high = middle;
  }
  return low;
}

/** The base's people whom a difference concerns: those with rows in what is gone or new, and those who moved. */
function findSuperseded(
  base: BaseTable,
  { moved }: Difference,
  fresh: readonly StagedBlock[],
  canonicalOf: Uint32Array,
): Uint32Array {
  const { destination } = base;
  const { head } = base.table;
  const people = head.canonical.length;
  const isConcerned = new Uint8Array(people);
  let firstRow = 0;
  base.parts.forEach(({ rows }, part) => {
    const end = firstRow + rows;
    if (!base.isUsable(part)) {
      for (let row = firstRow; row < end; row++)
        isConcerned[personAt(head.start, destination[row] as number)] = 1;
    }
    firstRow = end;
  });
  const canonicals = new Set<number>();
  for (const { user } of fresh) {
    for (let row = 0; row < user.length; row++) canonicals.add(canonicalOf[user[row] as number] as number);
  }
  for (const [before, after] of moved) canonicals.add(before).add(after);
  let count = 0;
  for (let person = 0; person < people; person++) {
    if (isConcerned[person] === 0 && canonicals.has(head.canonical[person] as number))
      isConcerned[person] = 1;
    count += isConcerned[person] as number;
  }
  const superseded = new Uint32Array(share(4 * count));
  let found = 0;
  for (let person = 0; person < people; person++) if (isConcerned[person] === 1) superseded[found++] = person;
  return superseded;
}

/** The rows of some people, each person's in order of time. */
function rowsOf({ table: { head } }: BaseTable, people: Uint32Array): number[] {
  const rows: number[] = [];
  for (const person of people) {
    const end = head.start[person + 1] as number;
    for (let row = head.start[person] as number; row < end; row++) rows.push(row);
  }
  return rows;
}

/** The rows of some people in the order of time and event id, as they came: for those who are one person now. */
function rowsInOrder({ table: { head }, destination }: BaseTable, people: Uint32Array): number[] {
  const isWanted = new Uint8Array(head.rows);
  for (const person of people) isWanted.fill(1, head.start[person], head.start[person + 1]);
  const rows: number[] = [];
  for (let index = 0; index < destination.length; index++) {
    const row = destination[index] as number;
    if (isWanted[row] === 1) rows.push(row);
  }
  return rows;
}

/** Index of the first stretch that ends after an instant. */
function stretchFrom(stretches: readonly Stretch[], time: number): number {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle] as Stretch).to <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Those of some rows before the first stretch, between each two, and after the last; none in a stretch. */
function rowsBetween(base: BaseTable, rows: readonly number[], stretches: readonly Stretch[]): Uint32Array[] {
  const at = base.table.columns.get('at');
  if (at?.kind !== 'times') throw new Error('The times of a table are always loaded.');
  const times = new Times(at);
  const found = Array.from({ length: stretches.length + 1 }, (): number[] => []);
  for (const row of rows) {
    const time = times.of(row);
    const next = stretchFrom(stretches, time);
    if (next === stretches.length || time < (stretches[next] as Stretch).from) found[next]?.push(row);
  }
  return found.map((own) => Uint32Array.from(own));
}

function pick<T extends Codes | Float64Array>(values: T, rows: Uint32Array): T {
  const create = values.constructor as new (buffer: SharedArrayBuffer) => T;
  const picked = new create(share(rows.length * values.BYTES_PER_ELEMENT));
  for (let index = 0; index < rows.length; index++) picked[index] = values[rows[index] as number] as number;
  return picked;
}

function pickTimes(times: Times, rows: Uint32Array): Float64Array {
  const picked = new Float64Array(share(8 * rows.length));
  for (let index = 0; index < rows.length; index++) picked[index] = times.of(rows[index] as number);
  return picked;
}

function pickColumn(column: SharedColumn, rows: Uint32Array): StagedColumn {
  if (column.kind === 'codes')
    return { kind: 'codes', codes: pick(column.codes, rows), values: column.values };
  if (column.kind === 'ordinals') return { kind: 'ordinals', ordinals: pick(column.ordinals, rows) };
  if (column.kind === 'times') return { kind: 'numbers', numbers: pickTimes(new Times(column), rows) };
  if (column.kind === 'inSessions') throw new Error('A table that is followed keeps the ids of sessions.');
  return column.kind === 'numbers'
    ? { kind: 'numbers', numbers: pick(column.numbers, rows) }
    : { kind: 'thousandths', thousandths: pick(column.thousandths, rows) };
}

/**
 * Lays out everybody whom a difference concerns in a table of their own: their rows in the parts that were kept,
 * taken from the base, and all rows of the fresh parts. With them left out, the base and this table are every event
 * of the later snapshot once, each person whole in one of the two. Null when they have more rows than `mostRows`.
 * @param options for the later snapshot; its parts are not looked at
 * @throws BlockError, PartGone, `cancelled`
 */
export async function buildOverlay(
  id: number,
  base: BaseTable,
  difference: Difference,
  options: Omit<LoadOptions, 'parts' | 'slice'>,
  mostRows: number,
): Promise<Overlay | null> {
  const { head, columns } = base.table;
  const { fresh, stretches, moved } = difference;
  if (fresh.reduce((sum, { rows }) => sum + rows, 0) > mostRows) return null;
  const names: ColumnName[] = [...columns.keys()];
  const staged = await stageParts({ ...options, parts: fresh }, names);
  const { canonicalOf } = options.people;
  const superseded = findSuperseded(base, difference, staged, canonicalOf);
  const count = superseded.reduce(
    (sum, person) => sum + (head.start[person + 1] as number) - (head.start[person] as number),
    0,
  );
  if (count > mostRows) return null;
  const blocks: StagedBlock[] = [];
  const rows = moved.size > 0 ? rowsInOrder(base, superseded) : rowsOf(base, superseded);
  rowsBetween(base, rows, stretches).forEach((own, index) => {
    if (own.length > 0) {
      blocks.push({
        rows: own.length,
        start: 0,
        user: own.map((row) => {
          const canonical = head.canonical[personAt(head.start, row)] as number;
          return moved.get(canonical) ?? canonical;
        }),
        columns: new Map([...columns].map(([name, column]) => [name, pickColumn(column, own)])),
      });
    }
    const stretch = stretches[index];
    fresh.forEach(({ start }, part) => {
      const block = staged[part];
      if (stretch && block && start >= stretch.from && start < stretch.to) blocks.push(block);
    });
  });
  return { table: await layOutBlocks(id, names, blocks, { ...options, isFollowed: false }), superseded };
}
