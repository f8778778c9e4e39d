import type { MongoClient } from 'mongodb';
import type { Logger } from 'pino';
import { type Ingest, openIngest } from '../../../src/analytics/ingest/ingest';
import { insertOnce, type InsertOutcome } from '../../../src/analytics/ingest/insertOnce';
import { itemId } from '../../../src/shared/model/ingest/item';
import type { Reached } from '../faults';
import { LogBrokenError, type Recovery, type Span, WriteAheadLog } from '../log/writeAheadLog';
import type { Metrics } from '../metrics';
import type { Settings } from '../settings';
import { Backlog, type Load } from './backlog';
import { Backoff, pause } from './backoff';
import { encodeEntry, type Entry } from './entry';
import type { Erasures } from './erasures';

/** Nothing can be stored just now; the client should come again. */
export class NotStoredError extends Error {}

/** The database has not answered for this long: whoever waits for it is told. */
const DIRECT_TIMEOUT_MS = 10_000;

/** Items written to the database at once, and how many such writes are under way. */
const BATCH = 1_000;
const WRITERS = 2;

/** Between two looks at what other writers may have left behind. */
const SETTLE_EVERY_MS = 30_000;

/** Between two derivations at most, however long one takes. */
const MAX_PAUSE_MS = 5_000;

/** What is derived from: a database's written entries that the log keeps until then. */
interface Project {
  ingest: Ingest;
  prepared: boolean;
  releases: (() => void)[];
  /** When the oldest entry that is written and not derived from was accepted, or null. */
  writtenAt: number | null;
  /** The same of those that are being derived from. */
  derivingAt: number | null;
}

export interface IntakeOptions {
  settings: Settings;
  client: MongoClient;
  metrics: Metrics;
  logger: Logger;
  reached: Reached;
  erasures: Erasures;
  diskBytes?: number | undefined;
}

/**
 * Takes entries in and brings them to the database: log first, then insert, then derive, then trim. An entry
 * whose promise resolved is durable.
 */
export class Intake {
  private readonly projects = new Map<string, Project>();
  private readonly backlog: Backlog;
  private readonly stopping = new AbortController();
  private readonly workers: Promise<void>[] = [];
  private wake: (() => void)[] = [];
  private closed = false;
  private busy = 0;

  private constructor(
    private readonly options: IntakeOptions,
    readonly log: WriteAheadLog,
    readonly recovery: Recovery,
  ) {
    this.backlog = new Backlog(log, options.settings.queueMemoryBytes);
  }

  /** Opens the log, queues what an earlier process left there, and begins to write to the database. */
  static async open(options: IntakeOptions): Promise<Intake> {
    const { settings, reached } = options;
    const { log, recovery } = await WriteAheadLog.open({
      dir: `${settings.dataDir}/log`,
      limitBytes: settings.logLimitBytes,
      segmentBytes: settings.segmentBytes,
      reached,
      diskBytes: options.diskBytes,
    });
    const intake = new Intake(options, log, recovery);
    for (const span of recovery.spans) intake.backlog.addSpan(span, Date.now());
    for (let worker = 0; worker < WRITERS; worker += 1) intake.workers.push(intake.work());
    intake.workers.push(intake.deriveForever());
    return intake;
  }

  /** Figures for metrics and for the decision to refuse more. */
  get state() {
    const now = Date.now();
    const ages = [...this.projects.values()].flatMap(({ writtenAt, derivingAt }) =>
      [writtenAt, derivingAt].flatMap((at) => at ?? []),
    );
    return {
      depth: this.backlog.depth,
      bytes: this.backlog.bytes,
      log: this.log.size,
      queueAgeMs: this.backlog.oldestAt === null ? 0 : now - this.backlog.oldestAt,
      derivedLagMs: ages.length === 0 ? 0 : Math.max(0, now - Math.min(...ages)),
      pendingPeople: [...this.projects.values()].reduce((sum, { ingest }) => sum + ingest.pending, 0),
    };
  }

  /** Whether the log has room for an entry of about this size. */
  hasRoom(bytes: number): boolean {
    return (
      this.log.hasRoom(bytes) || (this.options.settings.durability === 'database' && this.backlog.hasMemory)
    );
  }

  /**
   * Makes an entry durable: in the log, or, where the log cannot be written or the settings say so, in the
   * database. With `wait` it resolves only when the database has it, with what became of each item.
   *
   * @throws LogFullError at the log's size limit; NotStoredError when neither log nor database takes it
   */
  async accept(entry: Entry, wait: boolean): Promise<InsertOutcome[] | null> {
    if (this.closed) throw new NotStoredError('the collector is shutting down');
    const payload = encodeEntry(entry);
    const load: Omit<Load, 'release'> = { entry, acceptedAt: Date.now(), bytes: payload.length };
    let span: Span | null = null;
    try {
      span = await this.log.append(payload);
    } catch (error) {
      if (!(error instanceof LogBrokenError)) throw error;
      this.options.metrics.logErrors.inc();
      this.options.logger.error(
        { code: codeOf(error.cause) },
        'the log cannot be written; going to the database',
      );
      if (!this.backlog.hasMemory) throw new NotStoredError('neither the log nor the memory has room');
    }
    if (span && !wait) {
      this.add(load, span);
      return null;
    }
    return this.addAndWait(load, span);
  }

  private addAndWait(load: Omit<Load, 'release'>, span: Span | null): Promise<InsertOutcome[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new NotStoredError('the database did not answer in time'));
      }, DIRECT_TIMEOUT_MS);
      load.done = (outcomes) => {
        clearTimeout(timer);
        resolve(outcomes);
      };
      this.add(load, span);
    });
  }

  private add(load: Omit<Load, 'release'>, span: Span | null): void {
    this.backlog.add(load, span);
    this.wakeWorkers();
  }

  /** The project of a database, opened at its first use. */
  project(database: string): Project {
    let project = this.projects.get(database);
    if (!project) {
      const db = this.options.client.db(database);
      const ingest = openIngest({ db, sessionGapMs: this.options.settings.sessionGapMs });
      project = { ingest, prepared: false, releases: [], writtenAt: null, derivingAt: null };
      this.projects.set(database, project);
    }
    return project;
  }

  /** Waits until everything accepted so far is written and derived from. */
  async drain(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      const waiting = [...this.projects.values()].some(
        ({ writtenAt, derivingAt }) => writtenAt !== null || derivingAt !== null,
      );
      if (this.backlog.depth === 0 && this.busy === 0 && !waiting) return true;
      this.wakeWorkers();
      await pause(20, signal);
    }
    return false;
  }

  /**
   * Takes nothing more, gives what is under way `graceMs` to reach the database, and closes the log. What has
   * not reached it by then is in the log for the next start.
   */
  async close(graceMs: number): Promise<void> {
    this.closed = true;
    await this.drain(AbortSignal.timeout(graceMs));
    this.stopping.abort();
    this.wakeWorkers();
    await Promise.race([Promise.all(this.workers), pause(1_000, new AbortController().signal)]);
    await this.log.close();
  }

  private wakeWorkers(): void {
    const { wake } = this;
    this.wake = [];
    for (const resolve of wake) resolve();
  }

  private async work(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const tooFarBehind = this.state.derivedLagMs > this.options.settings.maxDeriveLagMs;
      if (this.backlog.depth === 0 || tooFarBehind) {
        if (tooFarBehind) await pause(100, signal);
        else await new Promise<void>((resolve) => this.wake.push(resolve));
        continue;
      }
      this.busy += 1;
      try {
        const loads = await this.backlog.take(BATCH);
        const byDatabase = new Map<string, Load[]>();
        for (const load of loads) {
          const same = byDatabase.get(load.entry.database);
          if (same) same.push(load);
          else byDatabase.set(load.entry.database, [load]);
        }
        for (const [database, own] of byDatabase) await this.writeUntilDone(database, own);
      } finally {
        this.busy -= 1;
      }
    }
  }

  /** Writes one database's entries, again and again until it says what became of each item. */
  private async writeUntilDone(database: string, loads: readonly Load[]): Promise<void> {
    const { metrics, logger, erasures, reached } = this.options;
    const { signal } = this.stopping;
    const project = this.project(database);
    const backoff = new Backoff(100, 5_000);
    while (!signal.aborted) {
      const end = metrics.flushSeconds.startTimer();
      try {
        if (!project.prepared) {
          await project.ingest.prepare();
          project.prepared = true;
        }
        const erased = await erasures.filter(database);
        const items = loads.flatMap(({ entry }) => entry.items).filter(erased);
        reached('insert.before');
        const outcomes = await project.ingest.write(items);
        const refused = items.flatMap((item, index) => {
          const outcome = outcomes[index];
          if (typeof outcome !== 'object') return [];
          const message = JSON.stringify(item.kind === 'event' ? item.event : item.message).slice(0, 65_536);
          return [{ _id: itemId(item), reason: outcome.rejected, receivedAt: new Date(), message }];
        });
        const deadLetters = [...loads.flatMap(({ entry }) => entry.deadLetters), ...refused];
        await insertOnce(project.ingest.stores.deadLetters, deadLetters);
        reached('insert.after');
        metrics.countStored(outcomes);
        if (refused.length > 0) metrics.deadLetters.inc(refused.length);
        const byItem = new Map(items.map((item, index) => [item, outcomes[index] ?? 'stored']));
        for (const load of loads) {
          load.done?.(load.entry.items.map((item) => byItem.get(item) ?? 'stored'));
          if (load.release) project.releases.push(load.release);
          project.writtenAt = Math.min(project.writtenAt ?? load.acceptedAt, load.acceptedAt);
        }
        return;
      } catch (error) {
        metrics.mongoErrors.inc({ code: codeOf(error) });
        logger.warn({ code: codeOf(error) }, 'the database did not take a batch; trying again');
        await pause(backoff.next(), signal);
      } finally {
        end();
      }
    }
  }

  private async deriveForever(): Promise<void> {
    const { settings, metrics, logger, reached } = this.options;
    const { signal } = this.stopping;
    const backoff = new Backoff(200, 5_000);
    let settledAt = Date.now();
    let lastMs = 0;
    while (!signal.aborted) {
      // Deriving takes at most about half of the time, so that events always come first.
      await pause(
        this.closed ? 10 : Math.max(settings.deriveEveryMs, Math.min(lastMs, MAX_PAUSE_MS)),
        signal,
      );
      const startedAt = Date.now();
      for (const project of this.projects.values()) {
        if (project.writtenAt === null) continue;
        const { releases, writtenAt } = project;
        project.releases = [];
        project.writtenAt = null;
        project.derivingAt = writtenAt;
        const end = metrics.deriveSeconds.startTimer();
        try {
          reached('derive.before');
          await project.ingest.derive();
          reached('derive.after');
          for (const release of releases) release();
          backoff.reset();
        } catch (error) {
          project.releases = [...releases, ...project.releases];
          project.writtenAt = writtenAt;
          metrics.mongoErrors.inc({ code: codeOf(error) });
          logger.warn({ code: codeOf(error) }, 'users and sessions could not be derived; trying again');
          await pause(backoff.next(), signal);
        } finally {
          project.derivingAt = null;
          end();
        }
      }
      lastMs = Date.now() - startedAt;
      const idle = this.backlog.depth === 0 && this.busy === 0 && !this.closed;
      if (idle && Date.now() - settledAt > SETTLE_EVERY_MS) {
        settledAt = Date.now();
        for (const { ingest } of this.projects.values()) await ingest.settle().catch(() => undefined);
      }
    }
  }
}

/** What may be said of an error: its code or class, never its text, which may hold an address or a value. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('codeName' in error && typeof error.codeName === 'string') return error.codeName;
  if ('code' in error && (typeof error.code === 'string' || typeof error.code === 'number'))
    return String(error.code);
  return error instanceof Error ? error.name : 'unknown';
}
