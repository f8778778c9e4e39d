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
import { assertColumns, needsOf, whyNotColumns, type Needs } from './needs';
import { HeldTables, partsOfLane, type HeldTable, type TableOptions } from './reuse/heldTables';
import { buildUserVectors } from './scan/buildUserVectors';
import type { DataFacts } from './scan/fields';
import type { ColumnSnapshot, SnapshotPart, StoredPart } from './snapshot';
import { ListedUsers, resolvePeople, type People } from './table/people';
import { share, type ColumnName } from './table/sharedColumns';
import { createLanePool, LanePool } from './workers/lanePool';
import { LocalLane } from './workers/lanes';
import { ownBuffers, releaseBuffers } from './workers/ownBuffers';
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
/** Where the people whom a change concerns have more of the rows, a table is laid out anew. */
const MOST_OVERLAID = 0.2;
const MIB = 2 ** 20;

export interface ColumnEngineOptions {
  /** Threads that scan; one a core unless given. 1: this thread alone. */
  readonly threads?: number | undefined;
  /** The worker's bundle; the one beside the running bundle unless given. */
  readonly workerFile?: string | undefined;
  /** Tables of fewer rows are scanned in the thread that asks; 200,000 unless given. */
  readonly workersFromRows?: number | undefined;
  /** Share of a table's rows that may be laid out beside it, rather than all of it anew; 0.2 unless given. */
  readonly mostOverlaid?: number | undefined;
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

/** What is known of the snapshot asked last. */
interface Held {
  readonly key: string;
  readonly lineage: string;
  readonly people: People;
  readonly listed: ListedUsers;
  readonly identities: IdentityMap;
  profiles: Promise<ReadonlyMap<string, Document>> | null;
}

/**
 * Answers reports from column snapshots: loads the columns a report reads into shared memory, person after person,
 * and scans them in worker threads. What was loaded stays for the next report, within a budget; a report that
 * needs more is answered over slices of the people, one after the other.
 */
export class ColumnEngine {
  readonly #budgetBytes: number;
  readonly #mostOverlaid: number;
  readonly #threads: number | undefined;
  readonly #workerFile: string | undefined;
  readonly #workersFromRows: number;
  readonly #read: (part: SnapshotPart, snapshot: ColumnSnapshot) => Promise<Uint8Array | null>;
  readonly #local = new LanePool([new LocalLane()]);
  #workers: LanePool | null = null;
  #tables: HeldTables;
  #held: Held | null = null;
  #lastId = 0;
  readonly #expected = new Set<Report>();
  /** Runs load and scan one after the other: each uses all lanes. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor({
    threads,
    workerFile,
    workersFromRows,
    budgetBytes,
    mostOverlaid,
    readPart,
  }: ColumnEngineOptions = {}) {
    this.#threads = threads;
    this.#workerFile = workerFile;
    this.#workersFromRows = workersFromRows ?? WORKERS_FROM_ROWS;
    this.#budgetBytes = budgetBytes ?? Math.min(1024 * MIB, totalmem() / 4);
    this.#mostOverlaid = mostOverlaid ?? MOST_OVERLAID;
    this.#tables = this.#noTables();
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

  /**
   * Tells of a report that will soon be run: what is loaded for others until then has its columns too, so that blocks
   * are read once for all. Returns how to say that it has been run, or will not be.
   */
  expect(report: Report): () => void {
    this.#expected.add(report);
    return () => void this.#expected.delete(report);
  }

  /** Forgets every table. */
  async close(): Promise<void> {
    await this.#queue;
    this.#forget();
    await this.#workers?.close();
    this.#workers = null;
  }

  #noTables(): HeldTables {
    return new HeldTables(this.#budgetBytes, this.#mostOverlaid);
  }

  #forget(): void {
    this.#held = null;
    this.#tables = this.#noTables();
  }

  async #run(run: ColumnRun): Promise<AnyResult> {
    const startedAt = Date.now();
    const { report, snapshot, now, sessionGapMs } = run;
    throwIfCancelled(run.signal);
    // A thread that died took its view of the tables with it.
    if (this.#workers?.lanes.some((lane) => lane.isEnded) === true) {
      await this.#workers.close();
      this.#workers = null;
      this.#forget();
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
    const parts: unknown[] = [];
    const askParts: typeof ask = async (query) => {
      const answers = await ask(query);
      parts.push(answers);
      return answers;
    };
    const answer = await runner(context, askParts).finally(() => {
      // Nothing that is kept is answered, since threads hand their answers over.
      releaseBuffers(ownBuffers(parts));
      // The next run need not wait for it: lanes do what they are asked in order. One that ended has forgotten all.
      const lanes = this.#poolFor(snapshot).all((lane) => lane.call('finish', { run: runId }));
      lanes.catch(() => undefined);
    });
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
    const { lineage } = snapshot;
    const listed = this.#held?.lineage === lineage ? this.#held.listed : new ListedUsers();
    this.#held = null;
    const identities = await snapshot.identities();
    const people = await resolvePeople(snapshot, identities, listed);
    await this.#tables.turnTo(snapshot, people, this.#poolFor(snapshot));
    return (this.#held = { key: snapshot.key, lineage, people, listed, identities, profiles: null });
  }

  #poolFor({ parts }: ColumnSnapshot): LanePool {
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    if (rows < this.#workersFromRows || this.#threads === 1) return this.#local;
    this.#workers ??= createLanePool(this.#threads, this.#workerFile);
    return this.#workers;
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
    const options: TableOptions = {
      readPart: (part) => this.#read(part, snapshot),
      sessionGapMs: run.sessionGapMs,
      signal,
      onProgress: (done, total) => onProgress?.({ phase: 'reading columns', done, total }),
    };
    const facts = await factsOf(snapshot, needs);
    const hasUsers = needs.userConditions.length + needs.userValues.length + needs.userNumbers.length > 0;
    const profiles = hasUsers ? await context.profiles() : new Map<string, Document>();
    const ids = hasUsers ? await held.people.ids() : [];
    const scan = async (tables: readonly HeldTable[], query: unknown): Promise<unknown[]> => {
      const scanned = tables.map(({ table: { head }, superseded }) => ({
        head,
        superseded,
        users: buildUserVectors(needs, {
          mapping: snapshot.mapping,
          profiles,
          ids,
          head,
          superseded,
          now: run.now,
        }),
      }));
      const control = new Int32Array(share(8));
      const cancel = (): void => {
        Atomics.store(control, CANCELLED, 1);
      };
      signal?.addEventListener('abort', cancel);
      const total = scanned.reduce((sum, { head }) => sum + head.parts.length - 1, 0);
      const watch = setInterval(() => {
        onProgress?.({ phase: 'scanning', done: Atomics.load(control, PARTS_DONE), total });
      }, 100);
      try {
        const { from, to } = range;
        const answers = await pool.all((lane, index) =>
          lane.call('scan', {
            tables: scanned.map(({ head, superseded, users }) => ({
              table: head.id,
              parts: partsOfLane(head, index, pool.lanes.length),
              users,
              superseded,
            })),
            run: runId,
            report,
            range: { from, to },
            sessionGapMs: run.sessionGapMs,
            facts,
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
    const slices = this.#tables.slicesFor(wanted);
    if (slices > 1) {
      return (query) => this.#tables.loadSlices(wanted, slices, options, (tables) => scan(tables, query));
    }
    const tables = await this.#tables.load(
      this.#tables.withRoomFor(wanted, this.#soonWanted(snapshot)),
      options,
    );
    return (query) => scan(tables, query);
  }

  /** Columns that the reports expected read of a snapshot. */
  #soonWanted(snapshot: ColumnSnapshot): ColumnName[] {
    return [...this.#expected].flatMap((report) =>
      whyNotColumns(report, snapshot) === null ? [...needsOf(report).columns] : [],
    );
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
