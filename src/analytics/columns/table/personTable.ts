import type { TimeAxis } from '../../../shared/time/axisPoint';
import type { TextColumn } from '../format/block';
import type { TextField } from '../format/columnEvent';
import { pointsOf, type Points } from '../scan/points';
import type { RowNumbers } from '../scan/rowNumbers';
import type { RowMask } from '../scan/rowMask';
import { countByValue } from '../kernels/countCells';
import type { Day } from '../kernels/kpis';
import type { KnownSessions, Passing } from '../kernels/kpisWithin';
import { daysOfSessions, firstCodes, sessionsOfPeople } from '../kernels/sessionVectors';
import { tiedRows, type TiedRows } from '../kernels/tiedRows';
import { bitsOfPeople, codesOfPeople } from './peopleVectors';
import { recall } from './recall';
import { deriveSessions, sentOfRows, type Sessions } from './sessions';
import type { Codes, ColumnName, SharedColumn, TableHead } from './sharedColumns';
import { Times } from './times';

/** Rows of a stretch of people; numbers count from the stretch's first person and row. */
export interface PartLayout {
  readonly rows: number;
  readonly people: number;
  /** Rows of person p are `start[p]` … `start[p + 1] − 1`. */
  readonly start: Uint32Array;
  /** Canonical user ordinal of each person. */
  readonly canonical: Uint32Array;
  /** Number of the first person, and row of the first event, in the table. */
  readonly firstPerson: number;
  readonly firstRow: number;
}

/** The person whose row it is. */
export function personOfRow({ start, people }: Pick<PartLayout, 'start' | 'people'>, row: number): number {
  let low = 0;
  let high = people - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((start[middle] as number) <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A number of each row: itself (NaN: missing), or as `toThousandths` has it. */
export type NumberVector =
  | { readonly kind: 'numbers'; readonly values: Float64Array }
  | { readonly kind: 'thousandths'; readonly values: Uint32Array };

/** A declared property. */
export type PropertyVector =
  | { readonly type: 'number'; readonly numbers: NumberVector }
  | { readonly type: 'text'; readonly column: TextColumn };

/**
 * Axes whose points, and filters whose rows are kept, since the next report of a view asks for the same ones. The
 * Overview asks four axes; a table of more rows keeps fewer, for the memory.
 */
const KEPT_AXES = 4;
const KEPT_AXES_OF_MANY = 2;
const MANY_ROWS = 4_000_000;
/** A range and the one it is compared with. */
const KEPT_NUMBERS = 2;
const KEPT_GAPS = 1;
const KEPT_FILTERS = 3;
/** Columns of which people's codes are kept: four bytes a person each. */
const KEPT_OF_PEOPLE = 2;

function axisKey({ segments, modulus }: TimeAxis, from: number, to: number): string {
  return JSON.stringify([segments, modulus, from, to]);
}

/** What is derived from the codes of event types. */
interface KeptOfTypes {
  readonly column: SharedColumn;
  /** By axis. */
  readonly counts: Map<string, Uint32Array>;
  ofPeople: Uint32Array | null;
  totals: Uint32Array | null;
  /** Of the first events of sessions, by the gap. */
  readonly firstCodes: Map<number, Codes>;
  /** By filters and gap. */
  readonly passing: Map<string, Passing>;
}

function spanOf(at: Times): { first: number; last: number } {
  let first = Infinity;
  let last = -Infinity;
  for (let row = 0; row < at.length; row++) {
    const time = at.of(row);
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return { first, last };
}

/**
 * The events of a stretch of people, person after person, as views into the table's shared columns. What is
 * derived from them (sessions, points of time) is kept for the next scan.
 */
export class PersonTable {
  readonly layout: PartLayout;
  readonly #columns: ReadonlyMap<ColumnName, SharedColumn>;
  readonly #keptAxes: number;
  readonly #sessions = new Map<number, Sessions>();
  readonly #points = new Map<string, Points>();
  readonly #masks = new Map<string, RowMask | null>();
  readonly #sessionStarts = new Map<number, Uint32Array>();
  readonly #sessionDays = new Map<string, Int8Array>();
  readonly #codesOfPeople = new Map<SharedColumn, Int32Array>();
  #tied: TiedRows | null = null;
  #types: KeptOfTypes | null = null;
  #span: { readonly first: number; readonly last: number } | null = null;
  readonly #numbers = new Map<string, RowNumbers>();

  constructor(head: TableHead, part: number, columns: ReadonlyMap<ColumnName, SharedColumn>) {
    const firstPerson = head.parts[part] as number;
    const lastPerson = head.parts[part + 1] as number;
    const firstRow = head.start[firstPerson] as number;
    const start = head.start.slice(firstPerson, lastPerson + 1);
    for (let person = 0; person < start.length; person++)
      start[person] = (start[person] as number) - firstRow;
    this.layout = {
      rows: start[start.length - 1] as number,
      people: lastPerson - firstPerson,
      start,
      canonical: head.canonical.subarray(firstPerson, lastPerson),
      firstPerson,
      firstRow,
    };
    this.#columns = columns;
    this.#keptAxes = head.rows > MANY_ROWS ? KEPT_AXES_OF_MANY : KEPT_AXES;
  }

  #column<K extends SharedColumn['kind']>(name: ColumnName, kind: K): Extract<SharedColumn, { kind: K }> {
    const column = this.#columns.get(name);
    if (column?.kind !== kind) throw new Error(`The column ${name} is not loaded.`);
    return column as Extract<SharedColumn, { kind: K }>;
  }

  #rows<T extends { subarray(from: number, to: number): T }>(values: T): T {
    const { firstRow, rows } = this.layout;
    return values.subarray(firstRow, firstRow + rows);
  }

  /** Time of each row, ms since 1970; ascending within a person. */
  get at(): Times {
    return this.#rows(new Times(this.#column('at', 'times')));
  }

  /** Per row 0, or 1 + ordinal of the session id that the client sent. */
  get sent(): Uint32Array {
    const [sessions] = this.#sessions.values();
    if (sessions && this.#columns.get('session')?.kind === 'inSessions') {
      return sentOfRows(sessions, this.layout.rows);
    }
    return this.#rows(this.#column('session', 'ordinals').ordinals);
  }

  /** Raw user ordinal of each row. */
  get rawUser(): Uint32Array {
    return this.#rows(this.#column('user', 'ordinals').ordinals);
  }

  /** Seconds. */
  get durationSec(): NumberVector {
    const numbers = this.#numberVector('durationSec');
    if (!numbers) throw new Error('The column durationSec is not loaded.');
    return numbers;
  }

  #numberVector(name: ColumnName): NumberVector | null {
    const column = this.#columns.get(name);
    if (column?.kind === 'numbers') return { kind: 'numbers', values: this.#rows(column.numbers) };
    if (column?.kind !== 'thousandths') return null;
    return { kind: 'thousandths', values: this.#rows(column.thousandths) };
  }

  text(field: TextField): TextColumn {
    const { codes, values } = this.#column(field, 'codes');
    return { codes: this.#rows<TextColumn['codes']>(codes), values };
  }

  /** A declared property, or null when some block lacks it. */
  property(name: string): PropertyVector | null {
    const numbers = this.#numberVector(`properties.${name}`);
    if (numbers) return { type: 'number', numbers };
    const column = this.#columns.get(`properties.${name}`);
    if (column?.kind !== 'codes') return null;
    const codes = this.#rows<TextColumn['codes']>(column.codes);
    return { type: 'text', column: { codes, values: column.values } };
  }

  sessions(gapMs: number): Sessions {
    const known = this.#sessions.get(gapMs);
    if (known) return known;
    const sessions = deriveSessions(this.layout, this.at, this.sent, gapMs);
    this.#sessions.set(gapMs, sessions);
    return sessions;
  }

  /** Numbers worked out of the rows in range, ordered by the points of an axis. */
  numbers(what: string, axis: TimeAxis, from: number, to: number, make: () => RowNumbers): RowNumbers {
    return recall(this.#numbers, `${what} ${axisKey(axis, from, to)}`, KEPT_NUMBERS, make);
  }

  /** The axis point of each row; −1 outside [from, to). */
  points(axis: TimeAxis, from: number, to: number): Points {
    const key = axisKey(axis, from, to);
    return recall(this.#points, key, this.#keptAxes, () => pointsOf(this.at, axis, from, to));
  }

  /**
   * Rows by code of the event type and point of an axis, as `countByValue` gives them. Kept where they are few beside
   * the rows: at most half a byte a row.
   */
  typeCounts(axis: TimeAxis, from: number, to: number): Uint32Array {
    const { codes, values } = this.text('eventType');
    const { rows } = this.layout;
    const pointCount = axis.starts.length;
    const make = (): Uint32Array =>
      countByValue(
        { rows, mask: null, points: this.points(axis, from, to), values: codes },
        values.length,
        pointCount,
      );
    if (values.length * (pointCount + 1) > rows / 8) return make();
    return recall(this.#keptOfTypes().counts, axisKey(axis, from, to), this.#keptAxes, make);
  }

  /** Rows that share their instant with the person's row before. */
  tied(): TiedRows {
    return (this.#tied ??= tiedRows(this.layout, this.at));
  }

  /** Which types the events of each person have: bit `code & 31`. */
  typesOfPeople(): Uint32Array {
    const kept = this.#keptOfTypes();
    return (kept.ofPeople ??= bitsOfPeople(this.layout, this.text('eventType').codes));
  }

  /** The code that all rows of a person have in a column; −1 where they have several. */
  codesOfPeople(field: TextField): Int32Array {
    const column = this.#column(field, 'codes');
    return recall(this.#codesOfPeople, column, KEPT_OF_PEOPLE, () =>
      codesOfPeople(this.layout, this.text(field).codes),
    );
  }

  /** A column that was dropped and loaded again may have other codes. */
  #keptOfTypes(): KeptOfTypes {
    const column = this.#column('eventType', 'codes');
    if (this.#types?.column !== column) {
      this.#types = {
        column,
        counts: new Map(),
        ofPeople: null,
        totals: null,
        firstCodes: new Map(),
        passing: new Map(),
      };
    }
    return this.#types;
  }

  /** How many rows have each event type. */
  typeTotals(): Uint32Array {
    const kept = this.#keptOfTypes();
    if (kept.totals) return kept.totals;
    const { codes, values } = this.text('eventType');
    const totals = new Uint32Array(values.length);
    for (let row = 0; row < codes.length; row++) {
      const code = codes[row] as number;
      totals[code] = (totals[code] as number) + 1;
    }
    return (kept.totals = totals);
  }

  /** What KPIs ask of every session, kept: about two bytes a session, and four a person. */
  sessionVectors(gapMs: number, days: readonly Day[]): Omit<KnownSessions, keyof Passing> {
    const sessions = this.sessions(gapMs);
    const { rows } = this.layout;
    const { codes } = this.text('eventType');
    const key = `${gapMs} ${JSON.stringify(days)}`;
    return {
      ofPeople: recall(this.#sessionStarts, gapMs, KEPT_GAPS, () => sessionsOfPeople(this.layout, sessions)),
      firstCodes: recall(this.#keptOfTypes().firstCodes, gapMs, KEPT_GAPS, () =>
        firstCodes(codes, sessions, rows),
      ),
      days: recall(this.#sessionDays, key, KEPT_AXES_OF_MANY, () => daysOfSessions(sessions, days)),
    };
  }

  /** What passes filters on events; a byte a session. */
  passing(key: string, make: () => Passing): Passing {
    return recall(this.#keptOfTypes().passing, key, KEPT_FILTERS, make);
  }

  /** First and last instant of all rows. */
  get span(): { readonly first: number; readonly last: number } {
    return (this.#span ??= spanOf(this.at));
  }

  /** The rows that pass filters on events, 1 each; not to be written to. */
  mask(key: string, make: () => RowMask | null): RowMask | null {
    return recall(this.#masks, key, KEPT_FILTERS, make);
  }
}
