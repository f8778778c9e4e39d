/** Collectors and drains around one real broker, for integration tests. */
import {
  compatibilityPartitioner,
  Consumer,
  ListOffsetTimestamps,
  ProduceAcks,
  Producer,
} from '@platformatic/kafka';
import type { Db } from 'mongodb';
import type { Broker } from '../../../scripts/testing/kafka';
import { eventLineToItem } from '../../../src/shared/model/ingest/eventLine';
import type { IngestItem } from '../../../src/shared/model/ingest/item';
import { encodeRecords } from '../kafka/record';
import { type CollectorProcess, startCollector } from './runCollector';

/** A topic of its own with a group of its own, and the database that it ends in. */
export interface Flow {
  readonly topic: string;
  readonly database: string;
  readonly uri: string;
  readonly partitions: number;
  readonly broker: Broker;
  readonly env: Readonly<Record<string, string>>;
}

export interface FlowOptions {
  broker: Broker;
  uri: string;
  name: string;
  partitions?: number;
  topicSettings?: Record<string, string>;
  /** All brokers, where there are several. */
  addresses?: readonly string[];
}

let flowsMade = 0;

/** Makes the topic of a flow. */
export async function createFlow(options: FlowOptions): Promise<Flow> {
  const { broker, uri, name, partitions = 4, topicSettings = {}, addresses = [broker.address] } = options;
  // A test that is tried again has a topic of its own.
  const topic = `events-${name}-${(flowsMade += 1)}`;
  await broker.createTopic(topic, partitions, topicSettings);
  const env = {
    WAYMARK_BUFFER: 'kafka',
    WAYMARK_KAFKA_BROKERS: addresses.join(),
    WAYMARK_KAFKA_TOPIC: topic,
    WAYMARK_KAFKA_GROUP: `drain-${topic}`,
    WAYMARK_KAFKA_SESSION_SECONDS: '2',
  };
  return { broker, uri, topic, partitions, env, database: `collector_kafka_${name}_${flowsMade}` };
}

/** Starts a collector that sends to the flow's topic; its log's folder is removed by the test that made it. */
export async function startSender(
  { uri, database, env }: Flow,
  dataDir: string,
  more: Record<string, string> = {},
  nodeArgs: string[] = [],
): Promise<CollectorProcess> {
  return startCollector({ uri, database, dataDir, nodeArgs, env: { ...env, ...more } });
}

/** Starts a drain of the flow's topic. */
export async function startDrain(
  { uri, database, env }: Flow,
  more: Record<string, string> = {},
  nodeArgs: string[] = [],
): Promise<CollectorProcess> {
  const all = { ...env, ...more };
  return startCollector({ uri, database, dataDir: 'unused', args: ['drain'], nodeArgs, env: all });
}

/** Waits until the group has committed everything that the topic holds: all of it is stored and derived from. */
export async function drained(flow: Flow, withinMs = 60_000): Promise<void> {
  await withOffsets(
    flow,
    withinMs,
    (committed, latest) =>
      latest.length === flow.partitions &&
      latest.every((end, partition) => end === 0n || committed[partition] === end),
  );
}

async function withOffsets(
  { broker, env, topic, partitions }: Flow,
  withinMs: number,
  isDone: (committed: bigint[], latest: bigint[]) => boolean,
): Promise<void> {
  const groupId = env['WAYMARK_KAFKA_GROUP'] ?? '';
  const all = Array.from({ length: partitions }, (_, partition) => partition);
  let seen = '';
  for (const deadline = Date.now() + withinMs; Date.now() < deadline;) {
    const client = new Consumer({
      clientId: 'test',
      bootstrapBrokers: [broker.address],
      groupId,
      retries: 0,
    });
    try {
      const ends = await client.listOffsets({ topics: [topic], timestamp: ListOffsetTimestamps.LATEST });
      const found = await client.listCommittedOffsets({ topics: [{ topic, partitions: all }] });
      const [committed, latest] = [found.get(topic) ?? [], ends.get(topic) ?? []];
      seen = `${committed.join()} of ${latest.join()}`;
      if (isDone(committed, latest)) return;
    } catch (error) {
      seen = String(error);
    } finally {
      await client.close(true);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the topic did not come to rest: ${seen}`);
}

/** Everything that is stored, without what differs by the time of receipt. */
export async function contentsOf(db: Db): Promise<Record<string, unknown>> {
  const read = (name: string, projection = {}) =>
    db
      .collection(name)
      .find({}, { projection, sort: { _id: 1 } })
      .toArray();
  return {
    events: await read('events', { receivedAt: 0 }),
    users: await read('users', { ordinal: 0 }),
    sessions: await read('sessions'),
    identities: await read('identities', { ordinal: 0 }),
    personMessages: await read('personMessages', { receivedAt: 0 }),
  };
}

/** The keys of the topic's messages, each with the partitions that it lies in. */
export async function partitionsOfKeys({ broker, topic, partitions }: Flow): Promise<Map<string, number[]>> {
  const client = new Consumer({ clientId: 'test', bootstrapBrokers: [broker.address], groupId: 'test' });
  const found = new Map<string, Set<number>>();
  try {
    const { topics } = await client.metadata({ topics: [topic] });
    const known = topics.get(topic);
    for (let partition = 0; partition < partitions; partition += 1) {
      const at = { partition, fetchOffset: 0n, currentLeaderEpoch: -1, lastFetchedEpoch: -1 };
      const { responses } = await client.fetch({
        node: known?.partitions[partition]?.leader ?? 0,
        maxBytes: 2 ** 24,
        topics: [{ topicId: known?.id ?? '', partitions: [{ ...at, partitionMaxBytes: 2 ** 24 }] }],
      });
      for (const batch of responses.flatMap((response) =>
        response.partitions.flatMap((p) => p.records ?? []),
      ))
        for (const { key } of batch.records) {
          const name = key?.toString('utf8') ?? '';
          found.set(name, (found.get(name) ?? new Set()).add(partition));
        }
    }
  } finally {
    await client.close(true);
  }
  return new Map([...found].map(([key, seen]) => [key, [...seen]]));
}

/** Puts events into the topic as a collector would have done at that time. */
export async function fillTopic(
  { broker, topic, database }: Flow,
  lines: readonly unknown[],
  receivedAt: Date,
): Promise<void> {
  const items = lines.map((line): IngestItem => {
    const read = eventLineToItem(line, { receivedAt, messageId: '', badTime: 'receivedAt' });
    if (!read.ok) throw new Error(read.reason);
    return read.item;
  });
  const producer = new Producer({ clientId: 'test', bootstrapBrokers: [broker.address] });
  for (let at = 0; at < items.length; at += 1_000) {
    const entry = { database, items: items.slice(at, at + 1_000), deadLetters: [] };
    await producer.send({
      messages: encodeRecords([entry]).map(({ key, value, at: time }) => ({
        topic,
        key,
        value,
        timestamp: BigInt(time),
      })),
      acks: ProduceAcks.ALL,
      partitioner: compatibilityPartitioner,
    });
  }
  await producer.close();
}
