import type { Logger } from 'pino';
import type { Reached } from '../faults';
import { pause } from '../intake/backoff';
import type { Metrics } from '../metrics';
import { brokerErrorCode } from './brokerError';
import type { KafkaSettings } from './kafkaSettings';
import { Membership } from './membership';
import { PartitionProgress } from './partitionProgress';
import { OutOfRangeError, PartitionReader, type TopicMessage } from './partitionReader';

export interface SessionOptions {
  kafka: KafkaSettings;
  metrics: Metrics;
  logger: Logger;
  reached: Reached;
  /** Whether more may be read just now. */
  hasRoom: () => boolean;
  /** Takes messages; each moves its partition's progress on by `progress.add`. */
  take: (messages: readonly TopicMessage[]) => void;
}

const COMMIT_EVERY_MS = 500;
const LAG_EVERY_MS = 5_000;
const NO_ROOM_MS = 20;

/** Failures of reading or committing in a row after which everything is begun anew. */
const MAX_FAILURES = 5;

/**
 * One membership in the group with everything that belongs to it: which partitions are ours, reading them, and
 * committing what is finished with. It ends at the first failure that a new one mends best; messages under way
 * are then read once more by whoever has their partition next.
 */
export class GroupSession {
  private readonly owned = new Map<number, PartitionProgress>();
  private readonly membership: Membership;
  private readonly reader: PartitionReader;
  private readonly ending = new AbortController();
  private assigning: Promise<void> = Promise.resolve();
  private failure: unknown = null;
  private joins = 0;

  constructor(private readonly options: SessionOptions) {
    this.reader = new PartitionReader(options.kafka);
    this.membership = new Membership(options.kafka, {
      onAssigned: (partitions, isContinuous) => {
        this.assigning = this.assigning
          .then(() => this.assign(partitions, isContinuous))
          .catch((error: unknown) => this.end(error));
      },
      onEnded: (error) => this.end(error),
    });
  }

  /** Partitions that are ours just now. */
  get partitions(): readonly PartitionProgress[] {
    return [...this.owned.values()];
  }

  /** Joins, reads and commits until something fails or the signal is raised; throws what failed. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.ending.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await this.membership.join();
      await Promise.all([this.read(), this.commitForever(), this.watchLag()]);
      if (this.failure !== null) throw this.failure;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Commits what is finished with, leaves the group and closes the connections. */
  async close(): Promise<void> {
    this.ending.abort();
    if (this.failure === null) {
      await this.assigning;
      await this.commit().catch(() => undefined);
    }
    for (const progress of this.owned.values()) this.lose(progress);
    await Promise.all([this.membership.leave(), this.reader.close()]);
  }

  private end(error: unknown): void {
    this.failure ??= error;
    this.ending.abort();
  }

  private lose(progress: PartitionProgress): void {
    progress.isLost = true;
    this.owned.delete(progress.partition);
    this.options.metrics.kafkaLag.remove({ partition: String(progress.partition) });
    this.options.metrics.kafkaPartitions.set(this.owned.size);
  }

  /** Goes on with the partitions that stay, lets go of those that went, and begins those that came. */
  private async assign(partitions: readonly number[], isContinuous: boolean): Promise<void> {
    const { metrics, logger } = this.options;
    if (this.ending.signal.aborted) return;
    this.joins += 1;
    if (this.joins > 1) metrics.rebalances.inc();
    for (const progress of [...this.owned.values()]) {
      if (!isContinuous || !partitions.includes(progress.partition)) this.lose(progress);
    }
    const gained = partitions.filter((partition) => !this.owned.has(partition));
    if (gained.length > 0) {
      const committed = await this.membership.committed(gained);
      const bounds = await this.reader.bounds(gained);
      for (const partition of gained) {
        const { earliest, latest } = bounds.get(partition) ?? { earliest: 0n, latest: 0n };
        const start = this.startOf(partition, committed.get(partition) ?? null, earliest, latest);
        this.owned.set(partition, new PartitionProgress(partition, start, latest));
      }
    }
    metrics.kafkaPartitions.set(this.owned.size);
    logger.info({ partitions: [...partitions] }, 'the group has dealt out its partitions');
  }

  /** Where a partition is begun: where the group left it, or at the first message that is still there. */
  private startOf(partition: number, committed: bigint | null, earliest: bigint, latest: bigint): bigint {
    const { metrics, logger } = this.options;
    if (committed === null) return earliest;
    if (committed >= earliest && committed <= latest) return committed;
    if (committed < earliest) {
      metrics.skippedOffsets.inc(Number(earliest - committed));
      logger.error(
        { partition, messages: String(earliest - committed) },
        'the brokers deleted messages that no drain had read: the topic keeps them too shortly',
      );
    } else {
      logger.warn(
        { partition },
        'the topic is shorter than what was read of it; it is read from its beginning',
      );
    }
    return earliest;
  }

  private async read(): Promise<void> {
    const { options, ending } = this;
    let failures = 0;
    while (!ending.signal.aborted) {
      const wanted = [...this.owned.values()];
      if (wanted.length === 0 || !options.hasRoom()) {
        await pause(NO_ROOM_MS, ending.signal);
        continue;
      }
      try {
        await this.reader.read(wanted, options.take);
        options.metrics.kafkaUp.set(1);
        failures = 0;
      } catch (error) {
        if (error instanceof OutOfRangeError) {
          await this.beginAgain(error.partitions).catch((inner: unknown) => this.end(inner));
          continue;
        }
        failures += 1;
        this.report('fetch', error);
        if (failures >= MAX_FAILURES) this.end(error);
        else await pause(200 * failures, ending.signal);
      }
    }
  }

  /** Partitions whose position is gone are begun anew, as if they had just come. */
  private async beginAgain(partitions: readonly number[]): Promise<void> {
    const bounds = await this.reader.bounds(partitions);
    for (const partition of partitions) {
      const before = this.owned.get(partition);
      const found = bounds.get(partition);
      if (!before || !found) continue;
      const start = this.startOf(partition, before.position, found.earliest, found.latest);
      this.lose(before);
      this.owned.set(partition, new PartitionProgress(partition, start, found.latest));
    }
    this.options.metrics.kafkaPartitions.set(this.owned.size);
  }

  private async commitForever(): Promise<void> {
    const { ending } = this;
    let failures = 0;
    while (!ending.signal.aborted) {
      await pause(COMMIT_EVERY_MS, ending.signal);
      try {
        await this.commit();
        failures = 0;
      } catch (error) {
        this.report('commit', error);
        failures += 1;
        if (failures >= MAX_FAILURES) this.end(error);
      }
    }
  }

  private async commit(): Promise<void> {
    const { reached, metrics } = this.options;
    const open = [...this.owned.values()].map((progress) => ({ progress, offset: progress.committable }));
    const news = open.filter(({ progress, offset }) => offset > progress.committed);
    if (news.length > 0) {
      reached('commit.before');
      await this.membership.commit(new Map(news.map(({ progress, offset }) => [progress.partition, offset])));
      reached('commit.after');
      for (const { progress, offset } of news) progress.committed = offset;
    }
    for (const { partition, lag } of this.owned.values()) {
      metrics.kafkaLag.set({ partition: String(partition) }, Number(lag));
    }
  }

  /** Asks where the partitions end, since nothing is read (and so learned) while there is no room. */
  private async watchLag(): Promise<void> {
    const { ending } = this;
    while (!ending.signal.aborted) {
      await pause(LAG_EVERY_MS, ending.signal);
      const partitions = [...this.owned.keys()];
      if (partitions.length === 0 || ending.signal.aborted) continue;
      const bounds = await this.reader.bounds(partitions).catch(() => null);
      for (const [partition, { latest }] of bounds ?? []) {
        const progress = this.owned.get(partition);
        if (progress && latest > progress.through) progress.through = latest;
      }
    }
  }

  private report(operation: string, error: unknown): void {
    const code = brokerErrorCode(error);
    this.options.metrics.kafkaErrors.inc({ operation, code });
    this.options.metrics.kafkaUp.set(0);
    this.options.logger.warn({ operation, code }, 'the brokers did not do what was asked; trying again');
  }
}
