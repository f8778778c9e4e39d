import type { Logger } from 'pino';
import type { Reached } from '../faults';
import type { Load } from '../intake/backlog';
import { Backoff, pause } from '../intake/backoff';
import { countItems, type Entry } from '../intake/entry';
import type { Sink } from '../intake/sink';
import type { Metrics } from '../metrics';
import { brokerErrorCode } from './brokerError';
import { GroupSession } from './groupSession';
import type { KafkaSettings } from './kafkaSettings';
import type { PartitionProgress } from './partitionProgress';
import type { TopicMessage } from './partitionReader';
import { decodeRecord } from './record';

export interface DrainOptions {
  kafka: KafkaSettings;
  /** Where messages that cannot be read are kept. */
  database: string;
  sink: Sink;
  metrics: Metrics;
  logger: Logger;
  reached: Reached;
  /** Messages under way, read and not finished with, have at most about so many bytes. */
  memoryBytes: number;
}

interface Waiting {
  load: Load;
  progress: PartitionProgress;
}

/** What is kept of a message that cannot be read. */
const POISON_BYTES = 65_536;

/**
 * Brings the topic's messages to the database. Offsets follow what the sink has released, so a message that is
 * not stored and derived from is read again, by this drain or another; stored twice it is never, for the database
 * knows its id.
 */
export class Drain {
  private readonly stopping = new AbortController();
  private readonly quitting = new AbortController();
  private readonly work: Promise<unknown>;
  private queue: Waiting[] = [];
  private underWayBytes = 0;
  private session: GroupSession | null = null;
  private wake: (() => void)[] = [];

  constructor(private readonly options: DrainOptions) {
    const writers = Array.from({ length: options.sink.writers }, () => this.writeForever());
    this.work = Promise.all([this.readForever(), ...writers]);
  }

  /** Whether it is a member of the group that knows its partitions (which may be none). */
  get isMember(): boolean {
    return this.session !== null;
  }

  /** Messages that wait to be written, bytes under way, and when the oldest that waits was read. */
  get state(): { depth: number; bytes: number; oldestAt: number | null } {
    const oldestAt = this.queue[0]?.load.acceptedAt ?? null;
    return { depth: this.queue.length, bytes: this.underWayBytes, oldestAt };
  }

  /**
   * Reads no more, gives what is under way `graceMs` to be stored and committed, and leaves the group. What is
   * not stored by then is read again by another drain.
   */
  async stop(graceMs: number): Promise<void> {
    const { sink } = this.options;
    this.stopping.abort();
    sink.hasten();
    const late = AbortSignal.timeout(graceMs);
    while (!late.aborted && (this.queue.length > 0 || !sink.isIdle)) await pause(20, late);
    this.quitting.abort();
    this.wakeWriters();
    await Promise.race([this.work, pause(3_000, new AbortController().signal)]);
    await sink.close();
  }

  private async readForever(): Promise<void> {
    const { kafka, metrics, logger, reached, memoryBytes } = this.options;
    const backoff = new Backoff(200, 5_000);
    while (!this.stopping.signal.aborted) {
      const session = new GroupSession({
        kafka,
        metrics,
        logger,
        reached,
        hasRoom: () => !this.stopping.signal.aborted && this.underWayBytes < memoryBytes,
        take: (messages) => this.take(messages),
      });
      this.session = session;
      const startedAt = Date.now();
      try {
        await session.run(this.quitting.signal);
      } catch (error) {
        metrics.kafkaUp.set(0);
        metrics.kafkaErrors.inc({ operation: 'group', code: brokerErrorCode(error) });
        logger.warn({ code: brokerErrorCode(error) }, 'the group’s membership ended; joining anew');
      } finally {
        this.session = null;
        await session.close();
        this.forgetLost();
      }
      if (Date.now() - startedAt > 30_000) backoff.reset();
      await pause(backoff.next(), this.stopping.signal);
    }
  }

  private take(messages: readonly TopicMessage[]): void {
    for (const { progress, offset, value } of messages) {
      const bytes = value?.length ?? 0;
      const finish = progress.add(offset + 1n);
      const entry = this.entryOf(progress.partition, offset, value);
      const count = entry.items.length;
      this.underWayBytes += bytes;
      const release = (): void => {
        this.underWayBytes -= bytes;
        this.options.metrics.drained.inc(count);
        finish();
      };
      this.queue.push({ load: { entry, release, acceptedAt: Date.now(), bytes }, progress });
    }
    if (messages.length > 0) this.wakeWriters();
  }

  /** What a message says, or, where nobody can read it, the message itself for `deadLetters`. */
  private entryOf(partition: number, offset: bigint, value: Buffer | null): Entry {
    const { kafka, database, metrics, logger } = this.options;
    const read = decodeRecord(value);
    if (read.ok) return read.entry;
    metrics.poison.inc();
    logger.warn({ partition, offset: String(offset) }, 'a message cannot be read; it goes to deadLetters');
    const letter = {
      _id: `kafka|${kafka.topic}|${partition}|${offset}`,
      reason: read.reason,
      receivedAt: new Date(),
      message: value === null ? '' : value.subarray(0, POISON_BYTES).toString('utf8'),
    };
    return { database, items: [], deadLetters: [letter] };
  }

  /** Drops what waits of partitions that others have now. */
  private forgetLost(): void {
    const kept = this.queue.filter(({ progress }) => !progress.isLost);
    for (const { load, progress } of this.queue) if (progress.isLost) this.underWayBytes -= load.bytes;
    this.queue = kept;
  }

  private wakeWriters(): void {
    const { wake } = this;
    this.wake = [];
    for (const resolve of wake) resolve();
  }

  private async writeForever(): Promise<void> {
    const { sink } = this.options;
    const { signal } = this.quitting;
    while (!signal.aborted) {
      const { isBehind } = sink;
      if (this.queue.length === 0 || isBehind) {
        if (isBehind) await pause(100, signal);
        else await new Promise<void>((resolve) => this.wake.push(resolve));
        continue;
      }
      this.forgetLost();
      let items = 0;
      let count = 0;
      while (count < this.queue.length && (count === 0 || items < sink.batchItems)) {
        const next = this.queue[count];
        items += next ? countItems(next.load.entry) : 0;
        count += 1;
      }
      await sink.write(
        this.queue.splice(0, count).map(({ load }) => load),
        signal,
      );
    }
  }
}
