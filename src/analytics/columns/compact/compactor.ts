import { randomUUID } from 'node:crypto';
import type { Timestamp } from 'mongodb';
import { WaymarkError } from '../../../shared/errors';
import { COLLECTIONS } from '../../../shared/model/collections';
import { DAY_MS } from '../../../shared/time/units';
import { clusterTimeMs, SnapshotOutlived, type Snapshot } from '../../source/snapshot';
import type { Source } from '../../source/source';
import { SourceRun } from '../../source/sourceRun';
import type { PropertyColumn } from '../format/columnEvent';
import { propertyKey } from '../live/assembleSnapshot';
import { HOURS_PER_DAY, type ColumnDay } from '../live/columnDay';
import { LineageEnded, type ColumnStore } from '../live/columnStore';
import type { ColumnBooks, StateDocument } from '../live/documents';
import { followChanges } from '../live/follow';
import { IdList } from '../live/idLists';
import { StoredBlocks } from '../live/storedBlocks';
import { buildBatch, type BuildContext } from './buildParts';
import type { ReachedPoint } from './crashPoints';
import { listDays } from './listHours';
import { nextBatch, piecesOf, planDay, type Piece } from './plan';
import { settleDoubts } from './settleDoubts';

const COMMENT = 'waymark columns build';

/** Blocks are built from at most about so many events at a time: the cluster keeps a moment for some minutes only. */
const EVENTS_A_BATCH = 400_000;

/** How long a compactor that has died keeps others from building. */
const LEASE_MS = 30_000;

/** Reading one batch takes at most this long. */
const BATCH_LIMIT_MS = 280_000;

/** Where following stands is noted at least so often, also when nothing changes. */
const ADVANCE_EVERY_MS = 5_000;

/** An hour that still changes is built again at most so often. */
const REBUILD_EVERY_MS = 10_000;

export interface CompactorOptions {
  /** The events, through their mapping. */
  readonly source: Source;
  readonly store: ColumnStore;
  /** The database that `store` writes to. */
  readonly database: string;
  /** Declared when columns are begun; from then on what the store says holds. */
  readonly declared?: readonly PropertyColumn[] | undefined;
  readonly reached?: ReachedPoint | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Events built so far. */
  readonly onProgress?: ((events: number) => void) | undefined;
}

export interface StepOptions {
  /** Begins no further batch after this long. */
  readonly limitMs?: number;
  /** Leaves hours alone for a while that were built just now and have changed again. */
  readonly isPatient?: boolean;
}

/** What one step did, and what it leaves. */
export interface StepResult {
  /** Changes that were new. */
  readonly changes: number;
  /** Parts that were published. */
  readonly built: number;
  /** Stretches of time that blocks do not answer for after this step. */
  readonly dirty: number;
  /** How far the cluster was ahead of what had been noted when the step began, s. */
  readonly lagSec: number;
  /** Whether another compactor is at work: nothing was done then. */
  readonly isIdle: boolean;
}

const NOTHING: StepResult = { changes: 0, built: 0, dirty: 0, lagSec: 0, isIdle: false };

/**
 * Keeps column blocks up with the events of a database. What it knows is stored: a step may die anywhere, be
 * repeated, or run beside others, since each thing it publishes is true by itself (see `DayPart`).
 */
export class Compactor {
  readonly #options: CompactorOptions;
  readonly #name = randomUUID();
  readonly #home: Source;
  readonly #blocks: StoredBlocks;
  readonly #reached: ReachedPoint;
  #lists: { readonly lineage: string; readonly users: IdList; readonly sessions: IdList } | null = null;
  /** Days that hold events, of a lineage whose first build is not complete. */
  #days: { readonly lineage: string; readonly sizes: ReadonlyMap<number, number> } | null = null;
  /** The last moment that was followed to the end. */
  #known: { readonly lineage: string; readonly at: Timestamp } | null = null;
  #events = 0;
  /** Whether there was nothing to build the last time, and no day has begun since. */
  #isSettled = false;
  #plannedDay = NaN;
  /** Roughly how many events each day has, while verifying. */
  #verifying: ReadonlyMap<number, number> | null = null;

  constructor(options: CompactorOptions) {
    this.#options = options;
    this.#home = options.source.inDatabase(options.database);
    this.#blocks = new StoredBlocks(this.#home);
    this.#reached = options.reached ?? (() => undefined);
  }

  /**
   * Notes what has changed, and builds what is missing or outdated, the newest first.
   * @throws WaymarkError of the source; errors of the driver for writes
   */
  async step(options: StepOptions = {}): Promise<StepResult> {
    try {
      return await this.#step(options);
    } catch (error) {
      if (!(error instanceof LineageEnded || error instanceof SnapshotOutlived)) throw error;
      this.#lists = null;
      return NOTHING;
    }
  }

  /** Lets another compactor begin at once. */
  async stop(): Promise<void> {
    await this.#options.store.release(this.#name);
  }

  /** Removes what nothing names any more. */
  async collect(keptMs?: number): Promise<number> {
    this.#reached('collect.before');
    const removed = await this.#options.store.collect(keptMs);
    this.#reached('collect.after');
    return removed;
  }

  async #step({ limitMs = Infinity, isPatient = false }: StepOptions): Promise<StepResult> {
    const { store } = this.#options;
    const startedAt = Date.now();
    const { lineage } = await this.#begun();
    const result = { ...NOTHING };
    for (let turn = 0; ; turn++) {
      if (!(await store.lease(lineage, this.#name, LEASE_MS))) return { ...result, isIdle: turn === 0 };
      const snapshot = await this.#home.openSnapshot(COLLECTIONS.columnBuckets, { comment: COMMENT });
      const followed = await this.#follow(lineage, snapshot);
      if (!followed) return result;
      result.changes += followed.changes;
      if (turn === 0) result.lagSec = followed.lagSec;
      if (turn === 0 && followed.changes === 0 && this.#isSettled) return result;
      this.#isSettled = false;
      const books = await store.readBooks();
      if (books?.state.lineage !== lineage) throw new LineageEnded();
      const run = new SourceRun(this.#options.source, {
        comment: COMMENT,
        signal: this.#options.signal,
        maxTimeMs: BATCH_LIMIT_MS,
        snapshot,
      });
      const doubt = await settleDoubts({ books, run, snapshot, store, reached: this.#reached });
      if (doubt === 'again') continue;
      const now = clusterTimeMs(snapshot.at);
      const plan = await this.#plan(books, run, now);
      const due = isPatient ? plan.map((entry) => this.#onlyDue(entry, snapshot)) : plan;
      if (!books.state.complete && this.#coversAll(books)) {
        await store.noteBuilt(lineage, new Date(), true);
        this.#reached('build.complete');
      }
      const batch = nextBatch(
        due.filter(({ pieces }) => pieces.length > 0),
        ({ start, parts }) => this.#sizeOf(lineage, start) ?? parts.reduce((sum, { rows }) => sum + rows, 0),
        EVENTS_A_BATCH,
      );
      result.dirty = plan.reduce((sum, { pieces }) => sum + pieces.length, 0);
      const isOver = (turn > 0 && Date.now() - startedAt > limitMs) || this.#options.signal?.aborted === true;
      if (!batch || isOver) {
        this.#isSettled = plan.length === 0 && Math.floor(now / DAY_MS) === this.#plannedDay;
        this.#plannedDay = Math.floor(now / DAY_MS);
        return result;
      }
      result.built += (await buildBatch(await this.#contextOf(books, run, snapshot), batch)).parts;
      await store.noteBuilt(lineage, new Date(), false);
    }
  }

  /**
   * Reads every event again and replaces the parts whose blocks are not what the events are. To be called when
   * nothing is left to be built; parts that change meanwhile count as differing.
   */
  async verify(): Promise<{ parts: number; repaired: number; events: number }> {
    const { store, source, signal } = this.#options;
    const { lineage } = await this.#begun();
    const result = { parts: 0, repaired: await this.#countLost(), events: 0 };
    let before = Infinity;
    for (;;) {
      await store.lease(lineage, this.#name, LEASE_MS);
      const snapshot = await this.#home.openSnapshot(COLLECTIONS.columnBuckets, { comment: COMMENT });
      await this.#follow(lineage, snapshot);
      const books = await store.readBooks();
      if (books?.state.lineage !== lineage) throw new LineageEnded();
      const run = new SourceRun(source, { comment: COMMENT, signal, maxTimeMs: BATCH_LIMIT_MS, snapshot });
      const sizes = (this.#verifying ??= await listDays(run));
      const known = new Set(books.days.map(({ start }) => start));
      const days = [...books.days, ...emptyDays([...sizes.keys()].filter((start) => !known.has(start)))]
        .filter(({ start }) => start < before)
        .sort((a, b) => a.start - b.start)
        .map((day) => ({ day, pieces: piecesOf(day) }));
      const batch = nextBatch(days, ({ start }) => sizes.get(start) ?? 0, EVENTS_A_BATCH);
      if (!batch || signal?.aborted === true) {
        this.#verifying = null;
        return result;
      }
      const built = await buildBatch(await this.#contextOf(books, run, snapshot), batch);
      result.parts += built.parts;
      result.repaired += built.differing;
      result.events += built.events;
      before = batch.days[0]?.day.start ?? -Infinity;
    }
  }

  /** How many parts name blocks that are not there; reading their events again stores them again. */
  async #countLost(): Promise<number> {
    const { store } = this.#options;
    const parts = (await store.readBooks())?.days.flatMap((day) => day.parts) ?? [];
    const present = await store.present(parts.flatMap(({ blocks }) => blocks.map(({ hash }) => hash)));
    return parts.filter(({ blocks }) => blocks.some(({ hash }) => !present.has(hash))).length;
  }

  async #contextOf(books: ColumnBooks, run: SourceRun, snapshot: Snapshot): Promise<BuildContext> {
    return {
      run,
      snapshot,
      store: this.#options.store,
      lineage: books.state.lineage,
      lists: await this.#listsOf(books),
      declared: books.state.properties,
      reached: this.#reached,
      onEvents: (events) => {
        this.#events += events;
        this.#options.onProgress?.(this.#events);
      },
    };
  }

  /** Makes sure that columns have been begun. */
  async #begun(): Promise<StateDocument> {
    const { store, source, declared } = this.#options;
    for (;;) {
      const state = await store.readState();
      if (state) {
        if (state.followed) return state;
        const snapshot = await this.#home.openSnapshot(COLLECTIONS.columnBuckets, { comment: COMMENT });
        await store.startFollowing(state.lineage, snapshot.at);
      } else {
        this.#reached('begin.before');
        await store.begin(source.database, source.mapping, declared ?? []);
        this.#reached('begin.after');
      }
    }
  }

  /** Notes every change up to the snapshot's moment; null when columns must be begun anew. */
  async #follow(lineage: string, snapshot: Snapshot): Promise<{ changes: number; lagSec: number } | null> {
    const { store, source, signal } = this.#options;
    const state = await store.readState();
    if (state?.lineage !== lineage || !state.followed) throw new LineageEnded();
    const from = state.followed;
    const known = this.#known?.lineage === lineage ? this.#known.at : undefined;
    const lagSec = Math.max(0, (clusterTimeMs(snapshot.at) - clusterTimeMs(from)) / 1_000);
    const options = { source, declared: state.properties, from, known, snapshot, comment: COMMENT, signal };
    let changes = 0;
    this.#reached('follow.before');
    try {
      for await (const more of followChanges(options)) {
        changes += more.count;
        if (more.reset) {
          await store.clear();
          return null;
        }
        if (more.count === 0 && lagSec * 1_000 < ADVANCE_EVERY_MS) continue;
        await store.noteHours(lineage, more.hours);
        this.#reached('follow.noted');
        await store.advance(lineage, more);
        this.#reached('follow.advanced');
      }
    } catch (error) {
      if (!(error instanceof WaymarkError && error.code === 'badInput')) throw error;
      if (!(await this.#isLogLost(from))) throw error;
      await store.clear();
      return null;
    }
    this.#known = { lineage, at: snapshot.at };
    return { changes, lagSec };
  }

  /** Whether the cluster has a log, and it begins after a moment. */
  async #isLogLost(from: Timestamp): Promise<boolean> {
    const snapshot = await this.#home.openSnapshot(COLLECTIONS.columnBuckets, { comment: COMMENT });
    return from.lessThanOrEqual(snapshot.at);
  }

  async #plan(
    books: ColumnBooks,
    run: SourceRun,
    now: number,
  ): Promise<{ day: ColumnDay; pieces: Piece[] }[]> {
    const { state } = books;
    const context = {
      now,
      properties: state.properties.map(propertyKey),
      rewritten: state.rewritten ?? undefined,
      isLost: (hash: string) => this.#blocks.gone.has(hash),
    };
    if (state.complete) {
      this.#days = null;
      return books.days
        .map((day) => ({ day, pieces: planDay(day, context) }))
        .filter(({ pieces }) => pieces.length > 0);
    }
    if (this.#days?.lineage !== state.lineage) {
      this.#days = { lineage: state.lineage, sizes: await listDays(run) };
    }
    const { sizes } = this.#days;
    const known = new Set(books.days.map(({ start }) => start));
    const unknown = [...sizes.keys()].filter((start) => !known.has(start));
    return [...books.days, ...emptyDays(unknown)]
      .sort((a, b) => a.start - b.start)
      .map((day) => ({ day, pieces: planDay(day, context, sizes.has(day.start)) }))
      .filter(({ pieces }) => pieces.length > 0);
  }

  /** Whether every day that held events when they were listed is in parts, outdated ones included. */
  #coversAll(books: ColumnBooks): boolean {
    const covered = new Map(
      books.days.map(({ start, parts }) => [start, parts.reduce((sum, { from, to }) => sum + to - from, 0)]),
    );
    return [...(this.#days?.sizes.keys() ?? [])].every((start) => covered.get(start) === HOURS_PER_DAY);
  }

  #sizeOf(lineage: string, start: number): number | undefined {
    return this.#days?.lineage === lineage ? this.#days.sizes.get(start) : undefined;
  }

  /** Leaves out hours that were built a moment ago. */
  #onlyDue(
    entry: { day: ColumnDay; pieces: Piece[] },
    snapshot: Snapshot,
  ): { day: ColumnDay; pieces: Piece[] } {
    const now = clusterTimeMs(snapshot.at);
    const { parts } = entry.day;
    const isDue = ({ from, to }: Piece): boolean =>
      !parts.some(
        (part) => part.from < to && from < part.to && now - clusterTimeMs(part.since) < REBUILD_EVERY_MS,
      );
    return { day: entry.day, pieces: entry.pieces.filter(isDue) };
  }

  async #listsOf(books: ColumnBooks): Promise<{ users: IdList; sessions: IdList }> {
    const { store } = this.#options;
    const { lineage } = books.state;
    const read = (hash: string): Promise<Uint8Array> => this.#blocks.read(hash, this.#options.signal);
    if (this.#lists?.lineage !== lineage) {
      const listOf = (_id: 'users' | 'sessions'): IdList =>
        new IdList(store, read, { ...books[_id], chunks: [] });
      this.#lists = { lineage, users: listOf('users'), sessions: listOf('sessions') };
    }
    await this.#lists.users.follow(books.users);
    await this.#lists.sessions.follow(books.sessions);
    return this.#lists;
  }
}

const emptyDays = (starts: readonly number[]): ColumnDay[] =>
  starts.map((start) => ({ start, revision: 0, parts: [], changed: new Map<number, Timestamp>() }));
