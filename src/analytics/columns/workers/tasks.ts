import type { Report, ReportKind, ReportOf } from '../../../shared/reports/report';
import { asColumns } from '../format/blockColumns';
import { openBlock } from '../format/openBlock';
import type { Block } from '../format/block';
import { PackedBlock } from '../format/packedBlock';
import { funnelPart } from '../kinds/funnelPart';
import { kpisPart } from '../kinds/kpisPart';
import type { Instants, PartContext } from '../kinds/partContext';
import { pathsPart } from '../kinds/pathsPart';
import { retentionPart } from '../kinds/retentionPart';
import { trendPart } from '../kinds/trendPart';
import { usersPart } from '../kinds/usersPart';
import type { DataFacts } from '../scan/fields';
import { vectorsOfPart, type UserVectors } from '../scan/userVectors';
import { PersonTable } from '../table/personTable';
import { isWhole, ownBuffers, releaseBuffers } from './ownBuffers';
import { scatter, type Scatter } from '../table/scatter';
import type { ColumnName, SharedColumn, TableHead } from '../table/sharedColumns';
import { stageBlock, type Slice, type StagedBlock } from '../table/stage';

/** The scans of the kinds that columns answer, each over one part with one question. */
export const PART_SCANS = {
  kpis: kpisPart,
  trend: trendPart,
  funnel: funnelPart,
  paths: pathsPart,
  retention: retentionPart,
  users: usersPart,
} as const;
export type ScannedKind = keyof typeof PART_SCANS;
/** What a kind asks its parts, and what each answers. */
export type QueryOf<K extends ScannedKind> = Parameters<(typeof PART_SCANS)[K]>[1];
export type PartOf<K extends ScannedKind> = ReturnType<(typeof PART_SCANS)[K]>;

/** Places in the memory by which lanes are told and tell: a run is cancelled; parts that are done. */
export const CANCELLED = 0;
export const PARTS_DONE = 1;

/** Parts of a table to be scanned. */
export interface TableParts {
  readonly table: number;
  readonly parts: readonly number[];
  readonly users: UserVectors;
  /** Persons of the table whose rows don't count, ascending; another table of the scan has theirs. */
  readonly superseded: Uint32Array | null;
}

export interface ScanTask {
  /** Of disjoint people. */
  readonly tables: readonly TableParts[];
  readonly run: number;
  readonly report: Report;
  readonly range: Instants;
  readonly sessionGapMs: number;
  readonly facts: DataFacts;
  readonly query: unknown;
  readonly control: Int32Array;
}

/** What lanes are asked to do, and what they answer. */
export interface Tasks {
  /** Reads columns of a block into shared memory. */
  readonly stage: {
    readonly input: {
      readonly bytes?: Uint8Array;
      readonly block?: Block;
      readonly names: readonly ColumnName[];
      readonly slice: Slice | undefined;
    };
    readonly output: StagedBlock;
  };
  /** Moves staged columns to their rows in a table. */
  readonly scatter: {
    readonly input: { readonly moves: readonly Scatter[]; readonly destination: Uint32Array };
    readonly output: null;
  };
  /** Makes columns of a table known, or forgets them. */
  readonly attach: {
    readonly input: {
      readonly head: TableHead;
      readonly columns: ReadonlyMap<ColumnName, SharedColumn>;
      readonly dropped: readonly ColumnName[];
    };
    readonly output: null;
  };
  /** Derives the sessions of parts of a table, and keeps them. */
  readonly sessions: {
    readonly input: { readonly table: number; readonly parts: readonly number[]; readonly gapMs: number };
    readonly output: null;
  };
  readonly detach: { readonly input: { readonly table: number }; readonly output: null };
  /** Scans parts of tables; null for those left out after a cancellation. */
  readonly scan: { readonly input: ScanTask; readonly output: readonly unknown[] };
  /** Forgets what a run kept between its questions. */
  readonly finish: { readonly input: { readonly run: number }; readonly output: null };
}
export type TaskName = keyof Tasks;

interface AttachedTable {
  readonly head: TableHead;
  readonly columns: Map<ColumnName, SharedColumn>;
  readonly parts: Map<number, PersonTable>;
}

type Answer<K extends TaskName> = Tasks[K]['output'] | Promise<Tasks[K]['output']>;
type Handlers = { readonly [K in TaskName]: (input: Tasks[K]['input']) => Answer<K> };

/** Does what a lane is asked to do, in this thread; holds the tables and what was derived from them. */
export class TaskHandler {
  readonly #tables = new Map<number, AttachedTable>();
  readonly #memos = new Map<number, Map<string, unknown>>();
  readonly #handlers: Handlers = {
    stage: async ({ bytes, block, names, slice }) => {
      if (bytes) {
        const opened = await openBlock(bytes);
        const staged = stageBlock(opened, names, slice);
        if (opened instanceof PackedBlock) {
          const own = isWhole(bytes) ? [bytes.buffer, ...opened.memory] : [...opened.memory];
          releaseBuffers(own.filter((buffer) => buffer !== staged.user.buffer));
        }
        return staged;
      }
      if (block) return stageBlock(asColumns(block), names, slice);
      throw new Error('Nothing to stage.');
    },
    scatter: ({ moves, destination }) => {
      for (const move of moves) scatter(move, destination);
      releaseBuffers([...ownBuffers(moves.map(({ from }) => from)), destination.buffer]);
      return null;
    },
    attach: ({ head, columns, dropped }) => {
      const table = this.#tables.get(head.id) ?? { head, columns: new Map(), parts: new Map() };
      this.#tables.set(head.id, table);
      for (const [name, column] of columns) table.columns.set(name, column);
      for (const name of dropped) table.columns.delete(name);
      return null;
    },
    sessions: ({ table, parts, gapMs }) => {
      for (const part of parts) this.#partOf(table, part).sessions(gapMs);
      return null;
    },
    detach: ({ table }) => {
      this.#tables.delete(table);
      return null;
    },
    scan: (task) => this.#scan(task),
    finish: ({ run }) => {
      this.#memos.delete(run);
      return null;
    },
  };

  handle<K extends TaskName>(name: K, input: Tasks[K]['input']): Answer<K> {
    return this.#handlers[name](input);
  }

  #scan(task: ScanTask): unknown[] {
    return task.tables.flatMap((own) =>
      own.parts.map((part) => {
        if (Atomics.load(task.control, CANCELLED) !== 0) return null;
        const answer = this.#scanPart(task, own, part);
        Atomics.add(task.control, PARTS_DONE, 1);
        return answer;
      }),
    );
  }

  #scanPart(task: ScanTask, own: TableParts, part: number): unknown {
    const table = this.#partOf(own.table, part);
    const { firstPerson, people } = table.layout;
    const context: PartContext = {
      report: task.report as ReportOf<ReportKind>,
      data: {
        table,
        facts: task.facts,
        users: vectorsOfPart(own.users, firstPerson, people),
        superseded: personsOfPart(own.superseded, firstPerson, people),
      },
      range: task.range,
      sessionGapMs: task.sessionGapMs,
      memo: (key, make) => this.#remember(task.run, `${own.table} ${part} ${key}`, make),
    };
    const scan = PART_SCANS[task.report.kind as ScannedKind] as (
      context: PartContext,
      query: unknown,
    ) => unknown;
    return scan(context, task.query);
  }

  #partOf(id: number, part: number): PersonTable {
    const table = this.#tables.get(id);
    if (!table) throw new Error('The table is not attached.');
    const known = table.parts.get(part) ?? new PersonTable(table.head, part, table.columns);
    table.parts.set(part, known);
    return known;
  }

  #remember<T>(run: number, key: string, make: () => T): T {
    const memo = this.#memos.get(run) ?? new Map<string, unknown>();
    this.#memos.set(run, memo);
    if (!memo.has(key)) memo.set(key, make());
    // A key stands for one kind of value.
    return memo.get(key) as T;
  }
}

/** Those of some persons (ascending) that a stretch of people holds, counted from its first; null for none. */
function personsOfPart(persons: Uint32Array | null, first: number, people: number): Uint32Array | null {
  const own = persons?.filter((person) => person >= first && person < first + people);
  return own && own.length > 0 ? own.map((person) => person - first) : null;
}
