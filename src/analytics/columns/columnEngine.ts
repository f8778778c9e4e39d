import type { Document } from 'mongodb';
import { totalmem } from 'node:os';
import { WaymarkError } from '../../shared/errors';
import type { Report, ReportKind } from '../../shared/reports/report';
import type { AnyResult } from '../../shared/reports/result';
import { resolveRange, type ResolvedRange } from '../../shared/time/range';
import type { KindAnswer, Progress } from '../engine/context';
import type { IdentityMap } from '../identity/identityMap';
import { columnResult } from './columnResult';
import { runFunnel } from './kinds/funnel';
import { runKpis } from './kinds/kpis';
import { runPaths } from './kinds/paths';
import { runRetention } from './kinds/retention';
import type { Ask, RunContext } from './kinds/runContext';
import { runTrend } from './kinds/trend';
import { runUsers } from './kinds/users';
import { assertColumns, needsOf, type Needs } from './needs';
import { buildUserVectors } from './scan/buildUserVectors';
import type { DataFacts } from './scan/fields';
import type { ColumnSnapshot, SnapshotPart, StoredPart } from './snapshot';
import { loadColumns, loadTable, type LoadedTable, type LoadOptions } from './table/loadTable';
import { resolvePeople, type People } from './table/people';
import { bytesPerRow, share, type ColumnName } from './table/sharedColumns';
import type { Slice } from './table/stage';
import { createLanePool, LanePool } from './workers/lanePool';
import { LocalLane } from './workers/lanes';
import { CANCELLED, PARTS_DONE, type PartOf, type QueryOf, type ScannedKind } from './workers/tasks';

type Runner<K extends ScannedKind> = (
  context: RunContext<K>,
  ask: Ask<QueryOf<K>, PartOf<K>>,
) => Promise<KindAnswer<K>>;

const RUNNERS: { readonly [K in ScannedKind]: Runner<K> } = {
  kpis: runKpis,
  trend: runTrend,
  funnel: runFunnel,
  paths: runPaths,
  retention: runRetention,
  users: runUsers,
};

/** Tables with fewer rows are scanned in this thread: a worker would take longer to start. */
const WORKERS_FROM_ROWS = 200_000;
/** Bytes a row that every table takes beside its columns: where the row lies, and its session. */
const ROW_BYTES = 8;
const MIB = 2 ** 20;

export interface ColumnEngineOptions {
  /** Threads that scan; one a core unless given. 1: this thread alone. */
  readonly threads?: number | undefined;
  /** The worker's bundle; the one beside the running bundle unless given. */
  readonly workerFile?: string | undefined;
  /** Tables of fewer rows are scanned in the thread that asks; 200,000 unless given. */
  readonly workersFromRows?: number | undefined;
  /** Bytes that tables may take; 1 GiB, or a quarter of the machine's memory where that is less. */
  readonly budgetBytes?: number | undefined;
  /** Reads a stored part of a snapshot; gives a cache its place. */
  readonly readPart?: ((part: StoredPart, snapshot: ColumnSnapshot) => Promise<Uint8Array>) | undefined;
}

export interface ColumnRun {
  readonly report: Report;
  readonly snapshot: ColumnSnapshot;
  /** ms. */
  readonly now: number;
  readonly sessionGapMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What is held of the snapshot asked last. */
interface Held {
  readonly key: string;
  readonly people: People;
  readonly identities: IdentityMap;
  table: LoadedTable | null;
  /** When each column was last read, for dropping the one that was not for longest. */
  readonly used: Map<ColumnName, number>;
  profiles: Promise<ReadonlyMap<string, Document>> | null;
}

/**
 * Answers reports from column snapshots: loads the columns a report reads into shared memory, person after person,
 * and scans them in worker threads. What was loaded stays for the next report, within a budget; a report that
 * needs more is answered over slices of the people, one after the other.
 */
export class ColumnEngine {
  readonly #budget: number;
  readonly #threads: number | undefined;
  readonly #workerFile: string | undefined;
  readonly #workersFromRows: number;
  readonly #read: (part: SnapshotPart, snapshot: ColumnSnapshot) => Promise<Uint8Array | null>;
  readonly #local = new LanePool([new LocalLane()]);
  #workers: LanePool | null = null;
  #held: Held | null = null;
  #lastId = 0;
  /** Runs load and scan one after the other: each uses all lanes. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ threads, workerFile, workersFromRows, budgetBytes, readPart }: ColumnEngineOptions = {}) {
    this.#threads = threads;
    this.#workerFile = workerFile;
    this.#workersFromRows = workersFromRows ?? WORKERS_FROM_ROWS;
    this.#budget = budgetBytes ?? Math.min(1024 * MIB, totalmem() / 4);
    this.#read = async (part, snapshot) =>
      'block' in part ? null : readPart ? await readPart(part, snapshot) : await part.read();
  }

  /**
   * Answers a report.
   * @throws NotAColumn when a field is no column or holds what a column can't
   * @throws WaymarkError `badReport` for a mark that is none, `cancelled`; PartGone; BlockError
   */
  run(run: ColumnRun): Promise<AnyResult> {
    const turn = this.#queue.then(() => this.#run(run));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Forgets every table. */
  async close(): Promise<void> {
    await this.#queue;
    this.#held = null;
    await this.#workers?.close();
    this.#workers = null;
  }

  async #run(run: ColumnRun): Promise<AnyResult> {
    const startedAt = Date.now();
    const { report, snapshot, now, sessionGapMs } = run;
    throwIfCancelled(run.signal);
    // A thread that died took its view of the tables with it.
    if (this.#workers?.lanes.some((lane) => lane.isEnded) === true) {
      await this.#workers.close();
      this.#workers = null;
      this.#held = null;
    }
    assertColumns(report, snapshot);
    const needs = needsOf(report);
    const range = resolveRange(report.range, now);
    const newest = snapshot.parts.reduce((latest, part) => Math.max(latest, part.end - 1), -Infinity);
    const dataThrough = newest === -Infinity ? null : Math.min(now, newest);
    const held = await this.#hold(snapshot);
    const context: RunContext = {
      report,
      range,
      dataThrough,
      mapping: snapshot.mapping,
      people: held.people,
      identities: held.identities,
      profiles: () => (held.profiles ??= snapshot.profiles()),
      snapshot,
    };
    const runId = ++this.#lastId;
    const ask = await this.#prepare(run, held, needs, context, range, runId);
    // The kind of the report decides which runner, question and parts belong together.
    const runner = RUNNERS[report.kind as ScannedKind] as unknown as (
      context: RunContext,
      ask: Ask<unknown, unknown>,
    ) => Promise<KindAnswer<ReportKind>>;
    const answer = await runner(context, ask).finally(() =>
      this.#poolFor(snapshot).all((lane) => lane.call('finish', { run: runId })),
    );
    return columnResult({
      report,
      answer,
      database: snapshot.database,
      mapping: snapshot.mapping,
      range,
      now,
      sessionGapMs,
      dataThrough,
      startedAt,
      ...(snapshot.isLive ? {} : { why: `columns built at ${snapshot.asOf.toISOString()}` }),
    });
  }

  async #hold(snapshot: ColumnSnapshot): Promise<Held> {
    if (this.#held?.key === snapshot.key) return this.#held;
    const old = this.#held?.table;
    this.#held = null;
    if (old) await this.#detach(old);
    const identities = await snapshot.identities();
    this.#held = {
      key: snapshot.key,
      people: await resolvePeople(snapshot, identities),
      identities,
      table: null,
      used: new Map(),
      profiles: null,
    };
    return this.#held;
  }

  #poolFor({ parts }: ColumnSnapshot): LanePool {
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    if (rows < this.#workersFromRows || this.#threads === 1) return this.#local;
    this.#workers ??= createLanePool(this.#threads, this.#workerFile);
    return this.#workers;
  }

  async #detach(table: LoadedTable): Promise<void> {
    for (const pool of [this.#local, this.#workers]) {
      await pool?.all((lane) => lane.call('detach', { table: table.head.id }));
    }
  }

  /** How a run asks its parts: over the table in memory, or over slices of it one after the other. */
  async #prepare(
    run: ColumnRun,
    held: Held,
    needs: Needs,
    context: RunContext,
    range: ResolvedRange,
    runId: number,
  ): Promise<Ask<unknown, unknown>> {
    const { snapshot, report, signal, onProgress } = run;
    const pool = this.#poolFor(snapshot);
    const rows = snapshot.parts.reduce((sum, part) => sum + part.rows, 0);
    const options: LoadOptions = {
      snapshot,
      people: held.people,
      pool,
      readPart: (part) => this.#read(part, snapshot),
      signal,
      onProgress: (done, total) => onProgress?.({ phase: 'reading columns', done, total }),
    };
    const facts = await factsOf(snapshot, needs);
    const hasUsers = needs.userConditions.length + needs.userValues.length + needs.userNumbers.length > 0;
    const profiles = hasUsers ? await context.profiles() : new Map<string, Document>();
    const ids = hasUsers ? await held.people.ids() : [];
    const scan = async (table: LoadedTable, query: unknown): Promise<unknown[]> => {
      const users = buildUserVectors(needs, {
        mapping: snapshot.mapping,
        profiles,
        ids,
        head: table.head,
        now: run.now,
      });
      const control = new Int32Array(share(8));
      const cancel = (): void => {
        Atomics.store(control, CANCELLED, 1);
      };
      signal?.addEventListener('abort', cancel);
      const total = table.head.parts.length - 1;
      const watch = setInterval(() => {
        onProgress?.({ phase: 'scanning', done: Atomics.load(control, PARTS_DONE), total });
      }, 100);
      try {
        const { from, to } = range;
        const answers = await pool.all((lane, index) =>
          lane.call('scan', {
            table: table.head.id,
            parts: Array.from({ length: total }, (_, part) => part).filter(
              (part) => part % pool.lanes.length === index,
            ),
            run: runId,
            report,
            range: { from, to },
            sessionGapMs: run.sessionGapMs,
            facts,
            users,
            query,
            control,
          }),
        );
        throwIfCancelled(signal);
        return answers.flat();
      } finally {
        clearInterval(watch);
        signal?.removeEventListener('abort', cancel);
      }
    };
    const wanted = [...needs.columns];
    const perRow = ROW_BYTES + wanted.reduce((sum, name) => sum + bytesPerRow(name), 0);
    const slices = Math.ceil((rows * perRow) / this.#budget);
    if (slices > 1) return (query) => this.#askSlices(options, wanted, slices, (table) => scan(table, query));
    const table = await this.#ensureColumns(held, wanted, rows, options);
    return (query) => scan(table, query);
  }

  /** Loads what the table still lacks; drops what was not read for longest when that goes beyond the budget. */
  async #ensureColumns(
    held: Held,
    wanted: readonly ColumnName[],
    rows: number,
    options: LoadOptions,
  ): Promise<LoadedTable> {
    const { pool } = options;
    this.#lastId += 1;
    for (const name of wanted) held.used.set(name, this.#lastId);
    const known = held.table?.columns ?? new Map<ColumnName, unknown>();
    const missing = wanted.filter((name) => !known.has(name));
    const dropped: ColumnName[] = [];
    const byAge = [...held.used].sort(([, a], [, b]) => a - b).map(([name]) => name);
    const isTooMuch = (): boolean =>
      rows * (ROW_BYTES + [...held.used.keys()].reduce((sum, name) => sum + bytesPerRow(name), 0)) >
      this.#budget;
    for (const name of byAge) {
      if (!isTooMuch()) break;
      if (wanted.includes(name)) continue;
      held.used.delete(name);
      dropped.push(name);
      held.table?.columns.delete(name);
    }
    if (!held.table) {
      held.table = await loadTable(++this.#lastId, wanted, options);
      const { head, columns } = held.table;
      await pool.all((lane) => lane.call('attach', { head, columns, dropped: [] }));
      return held.table;
    }
    if (missing.length > 0 || dropped.length > 0) {
      const columns = missing.length > 0 ? await loadColumns(held.table, missing, options) : new Map();
      for (const [name, column] of columns) held.table.columns.set(name, column);
      const { head } = held.table;
      await pool.all((lane) => lane.call('attach', { head, columns, dropped }));
    }
    return held.table;
  }

  /** Asks one slice of the people after the other; none stays in memory. */
  async #askSlices(
    options: LoadOptions,
    wanted: readonly ColumnName[],
    count: number,
    scan: (table: LoadedTable) => Promise<unknown[]>,
  ): Promise<unknown[]> {
    if (this.#held?.table) await this.#detach(this.#held.table);
    if (this.#held) this.#held.table = null;
    const { pool, people } = options;
    const slices = Math.min(count, 255);
    const sliceOf = new Uint8Array(share(people.canonicalOf.length));
    people.canonicalOf.forEach((canonical, user) => (sliceOf[user] = canonical % slices));
    const answers: unknown[] = [];
    for (let index = 0; index < slices; index++) {
      const slice: Slice = { sliceOf, index };
      const table = await loadTable(++this.#lastId, wanted, { ...options, slice });
      const { head, columns } = table;
      await pool.all((lane) => lane.call('attach', { head, columns, dropped: [] }));
      answers.push(...(await scan(table)));
      await this.#detach(table);
    }
    return answers;
  }
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new WaymarkError('cancelled', 'The report was cancelled.');
}

async function factsOf(snapshot: ColumnSnapshot, needs: Needs): Promise<DataFacts> {
  const { roles } = snapshot.mapping;
  return {
    pageViews: roles.pageViews,
    purchases: roles.purchases,
    inexact: snapshot.inexact,
    declared: new Map(snapshot.properties.map(({ name, type }) => [name, type])),
    userIds: needs.userIds ? await snapshot.userIds() : null,
    sessionIds: needs.sessionIds ? await snapshot.sessionIds() : null,
  };
}
