import type { Logger } from 'pino';
import type { InsertOutcome } from '../../../src/analytics/ingest/insertOnce';
import type { Reached } from '../faults';
import { LogBrokenError, type Recovery, type Span, WriteAheadLog } from '../log/writeAheadLog';
import type { Metrics } from '../metrics';
import type { Settings } from '../settings';
import { type Arrived, Backlog } from './backlog';
import { pause } from './backoff';
import { encodeEntry, encodeParcel, type Entry } from './entry';
import { errorCode } from './errorCode';
import type { Sink } from './sink';

/** Nothing can be stored just now; the client should come again. */
export class NotStoredError extends Error {}

/** What is in the log already waits this long for a fuller batch: a hundred single inserts cost far more than one of a hundred. */
const LINGER_MS = 20;

/** The sink has not answered for this long: whoever waits for it is told. */
const DIRECT_TIMEOUT_MS = 10_000;

export interface IntakeOptions {
  settings: Settings;
  sink: Sink;
  metrics: Metrics;
  logger: Logger;
  reached: Reached;
  diskBytes?: number | undefined;
}

/**
 * Takes entries in and brings them to the sink: log first, then the sink, then trim. An entry whose promise
 * resolved is durable.
 */
export class Intake {
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

  /** Opens the log, queues what an earlier process left there, and begins to hand it to the sink. */
  static async open(options: IntakeOptions): Promise<Intake> {
    const { settings, reached } = options;
    const { log, recovery } = await WriteAheadLog.open({
      dir: `${settings.dataDir}/log`,
      limitBytes: settings.logLimitBytes,
      segmentBytes: settings.segmentBytes,
      reached,
      diskBytes: options.diskBytes,
      onDamaged: (bytes, places) => {
        options.metrics.logDamagedBytes.inc(bytes);
        options.logger.error(
          { damagedBytes: bytes, damagedPlaces: places },
          'parts of the log can no longer be read; they were skipped',
        );
      },
    });
    const intake = new Intake(options, log, recovery);
    for (const span of recovery.spans) intake.backlog.addSpan(span, Date.now());
    for (let worker = 0; worker < options.sink.writers; worker += 1) intake.workers.push(intake.work());
    return intake;
  }

  /** Figures for metrics and for the decision to refuse more. */
  get state() {
    const now = Date.now();
    const { oldestAt } = this.options.sink;
    return {
      depth: this.backlog.depth,
      bytes: this.backlog.bytes,
      log: this.log.size,
      queueAgeMs: this.backlog.oldestAt === null ? 0 : now - this.backlog.oldestAt,
      derivedLagMs: oldestAt === null ? 0 : Math.max(0, now - oldestAt),
    };
  }

  /** Whether the log has room for an entry of about this size. */
  hasRoom(bytes: number): boolean {
    return this.log.hasRoom(bytes) || (this.options.settings.durability !== 'log' && this.backlog.hasMemory);
  }

  /**
   * Makes an entry durable: in the log, or, where the log cannot be written or the settings say so, in the
   * sink. With `wait` it resolves only when the sink has it, with what became of each item.
   *
   * @throws LogFullError at the log's size limit; NotStoredError when neither log nor sink takes it
   */
  async accept(entry: Entry, wait: boolean): Promise<InsertOutcome[] | null> {
    if (this.closed) throw new NotStoredError('the collector is shutting down');
    const payload = wait || !this.options.sink.takesParcels ? encodeEntry(entry) : encodeParcel(entry);
    const acceptedAt = Date.now();
    let span: Span | null = null;
    try {
      span = await this.log.append(payload);
    } catch (error) {
      if (!(error instanceof LogBrokenError)) throw error;
      this.options.metrics.logErrors.inc();
      this.options.logger.error(
        { code: errorCode(error.cause) },
        `the log cannot be written; going to the ${this.options.sink.name}`,
      );
      if (!this.backlog.hasMemory) throw new NotStoredError('neither the log nor the memory has room');
    }
    if (span && !wait) {
      this.add({ entry, acceptedAt }, payload, span);
      return null;
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new NotStoredError(`the ${this.options.sink.name} did not answer in time`));
      }, DIRECT_TIMEOUT_MS);
      const done = (outcomes: InsertOutcome[]): void => {
        clearTimeout(timer);
        resolve(outcomes);
      };
      this.add({ entry, acceptedAt, done }, payload, span);
    });
  }

  private add(arrived: Arrived, payload: Buffer, span: Span | null): void {
    this.backlog.add(arrived, payload, span);
    this.wakeWorkers();
  }

  /** Waits until the sink is done with everything accepted so far. */
  async drain(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (this.backlog.depth === 0 && this.busy === 0 && this.options.sink.isIdle) return true;
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
    this.options.sink.hasten();
    await this.drain(AbortSignal.timeout(graceMs));
    this.stopping.abort();
    this.wakeWorkers();
    const ended = Promise.all([...this.workers, this.options.sink.close()]);
    await Promise.race([ended, pause(1_000, new AbortController().signal)]);
    await this.log.close();
  }

  private wakeWorkers(): void {
    const { wake } = this;
    this.wake = [];
    for (const resolve of wake) resolve();
  }

  private async work(): Promise<void> {
    const { signal } = this.stopping;
    const { sink } = this.options;
    while (!signal.aborted) {
      const { isBehind } = sink;
      if (this.backlog.depth === 0 || isBehind) {
        if (isBehind) await pause(100, signal);
        else await new Promise<void>((resolve) => this.wake.push(resolve));
        continue;
      }
      if (!this.closed && !this.backlog.isRipe(sink.batchItems, LINGER_MS)) {
        await pause(LINGER_MS, signal);
        continue;
      }
      this.busy += 1;
      try {
        await sink.write(await this.backlog.take(sink.batchItems), signal);
      } catch (error) {
        this.options.metrics.logErrors.inc();
        this.options.logger.error({ code: errorCode(error) }, 'the log could not be read back; trying again');
        await pause(1_000, signal);
      } finally {
        this.busy -= 1;
      }
    }
  }
}
