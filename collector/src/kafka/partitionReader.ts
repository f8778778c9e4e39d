import { Consumer, ListOffsetTimestamps } from '@platformatic/kafka';
import { clientOptions, closeClient, guardClient } from './connection';
import type { KafkaSettings } from './kafkaSettings';
import type { PartitionProgress } from './partitionProgress';

type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;

/** A message as it lies in the topic. */
export interface TopicMessage {
  progress: PartitionProgress;
  offset: bigint;
  value: Buffer | null;
}

/** Where partitions begin and end. */
export interface Bounds {
  earliest: bigint;
  latest: bigint;
}

const FETCH_WAIT_MS = 250;
const FETCH_BYTES = 8 * 2 ** 20;
const PARTITION_BYTES = 2 ** 20;

/** Bit of a batch's attributes: it holds marks of transactions, no messages. */
const CONTROL_BATCH = 0b10_0000;

const OFFSET_OUT_OF_RANGE = 1;

/** A partition whose position no longer exists in the topic. */
export class OutOfRangeError extends Error {
  constructor(readonly partitions: readonly number[]) {
    super('the position is outside of what the brokers keep');
  }
}

/**
 * Reads partitions from positions that somebody else keeps. It is a client of its own, beside the group's
 * member, because a read waits at the broker and would hold up what is behind it on the same connection.
 */
export class PartitionReader {
  private readonly client: Consumer;

  constructor(private readonly kafka: KafkaSettings) {
    const options = { ...clientOptions(kafka), groupId: kafka.group, autocommit: false };
    this.client = guardClient(new Consumer(options));
    this.client.on('error', () => undefined);
  }

  /** The first offset that is kept of each partition, and the one behind the last message. */
  async bounds(partitions: readonly number[]): Promise<Map<number, Bounds>> {
    const { topic } = this.kafka;
    const asked = { topics: [topic], partitions: { [topic]: [...partitions] } };
    const earliest = await this.client.listOffsets({ ...asked, timestamp: ListOffsetTimestamps.EARLIEST });
    const latest = await this.client.listOffsets({ ...asked, timestamp: ListOffsetTimestamps.LATEST });
    const bounds = new Map<number, Bounds>();
    for (const partition of partitions) {
      const [first, last] = [earliest.get(topic)?.[partition], latest.get(topic)?.[partition]];
      if (first === undefined || last === undefined)
        throw new Error('the brokers did not say where a partition lies');
      bounds.set(partition, { earliest: first, latest: last });
    }
    return bounds;
  }

  /**
   * Reads what follows the positions, waiting a moment for the first message. Positions move on in `take`'s
   * hands, for partitions that were not lost meanwhile.
   *
   * @throws OutOfRangeError, or the client's error; then nothing was taken from that broker
   */
  async read(
    wanted: readonly PartitionProgress[],
    take: (messages: readonly TopicMessage[]) => void,
  ): Promise<void> {
    const { topic } = this.kafka;
    const metadata = await this.client.metadata({ topics: [topic] });
    const known = metadata.topics.get(topic);
    if (!known) throw new Error('the brokers do not know the topic');
    const byLeader = new Map<number, PartitionProgress[]>();
    for (const progress of wanted) {
      const leader = known.partitions[progress.partition]?.leader;
      if (leader === undefined) throw new Error('a partition has no leader');
      const same = byLeader.get(leader);
      if (same) same.push(progress);
      else byLeader.set(leader, [progress]);
    }
    const reads = [...byLeader].map(([node, own]) => this.readFrom(node, known.id, own, take));
    const results = await Promise.allSettled(reads);
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) {
      this.client.clearMetadata();
      throw failed.reason;
    }
  }

  /** Closes its connections. */
  close(): Promise<void> {
    return closeClient(this.client);
  }

  private async readFrom(
    node: number,
    topicId: string,
    wanted: readonly PartitionProgress[],
    take: (messages: readonly TopicMessage[]) => void,
  ): Promise<void> {
    const asked = new Map(wanted.map((progress) => [progress.partition, progress]));
    const from = new Map(wanted.map((progress) => [progress.partition, progress.position]));
    let response: FetchResponse;
    try {
      response = await this.client.fetch({
        node,
        minBytes: 1,
        maxBytes: FETCH_BYTES,
        maxWaitTime: FETCH_WAIT_MS,
        topics: [
          {
            topicId,
            partitions: wanted.map(({ partition, position }) => ({
              partition,
              fetchOffset: position,
              currentLeaderEpoch: -1,
              lastFetchedEpoch: -1,
              partitionMaxBytes: PARTITION_BYTES,
            })),
          },
        ],
      });
    } catch (error) {
      const outside = partitionsWith(error, OFFSET_OUT_OF_RANGE);
      throw outside.length > 0 ? new OutOfRangeError(outside) : error;
    }
    for (const { partitions } of response.responses) {
      for (const { partitionIndex, highWatermark, records } of partitions) {
        const progress = asked.get(partitionIndex);
        const start = from.get(partitionIndex);
        if (!progress || start === undefined || progress.isLost || progress.position !== start) continue;
        progress.through = highWatermark;
        const messages: TopicMessage[] = [];
        let end = start;
        for (const batch of records ?? []) {
          end = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
          if ((batch.attributes & CONTROL_BATCH) !== 0) continue;
          for (const { offsetDelta, value } of batch.records) {
            const offset = batch.firstOffset + BigInt(offsetDelta);
            if (offset >= start) messages.push({ progress, offset, value });
          }
        }
        take(messages);
        // Behind the last message there may be marks, or what a compacted topic dropped.
        if (end > progress.position) progress.position = end;
      }
    }
  }
}

/** The partitions for which a refused read names an error. */
function partitionsWith(error: unknown, code: number): number[] {
  if (typeof error !== 'object' || error === null) return [];
  if ('response' in error && isFetchResponse(error.response)) {
    return error.response.responses.flatMap(({ partitions }) =>
      partitions.flatMap(({ errorCode, partitionIndex }) => (errorCode === code ? [partitionIndex] : [])),
    );
  }
  const inner = 'errors' in error && Array.isArray(error.errors) ? (error.errors as unknown[]) : [];
  return inner.flatMap((cause) => partitionsWith(cause, code));
}

function isFetchResponse(response: unknown): response is Pick<FetchResponse, 'responses'> {
  return typeof response === 'object' && response !== null && 'responses' in response;
}
