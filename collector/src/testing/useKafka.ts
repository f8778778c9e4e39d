/** Real brokers, collectors and drains for the tests of one file; all of them end with the test or the file. */
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, expect, inject, type TestContext } from 'vitest';
import { type Broker, startBroker, whyNoBroker } from '../../../scripts/testing/kafka';
import { expectStored } from './checkStored';
import { createFlow, type Flow, startDrain, startSender } from './kafkaFlow';
import { type Load, send } from './load';
import { type CollectorProcess, DEEP, temporaryFolder } from './runCollector';

/** Enough for any test with Kafka, on any machine. */
export const KAFKA_TEST_MS = DEEP ? 3_600_000 : 400_000;

const missing = await whyNoBroker();

/** What the tests of one file share, once they run. */
export class KafkaTests {
  private started: { client: MongoClient; broker: Broker | null } | null = null;
  private readonly used = new Set<string>();
  private readonly cleanups: (() => Promise<unknown>)[] = [];

  /** Says what the machine lacks, where it does. */
  needsBroker(context: TestContext): void {
    if (missing !== null) context.skip(missing);
  }

  get broker(): Broker {
    if (!this.started?.broker) throw new Error('there is no broker');
    return this.started.broker;
  }

  /** The client of the database that all files share. */
  get client(): MongoClient {
    if (!this.started) throw new Error('the tests have not begun');
    return this.started.client;
  }

  /** Starts the file's broker. */
  async start(): Promise<void> {
    const client = await MongoClient.connect(inject('mongoUri'));
    this.started = { client, broker: missing === null ? await startBroker() : null };
  }

  /** Has something done after the test; the last first. */
  after(cleanup: () => Promise<unknown>): void {
    this.cleanups.push(cleanup);
  }

  /** Does what is to be done after a test. */
  async cleanUp(): Promise<void> {
    for (const cleanup of this.cleanups.splice(0).reverse()) await cleanup();
  }

  /** Ends the broker and drops every database that was used. */
  async stop(): Promise<void> {
    await this.started?.broker?.stop();
    for (const name of this.used) await this.started?.client.db(name).dropDatabase();
    await this.started?.client.close();
  }

  /** A database that is dropped after the tests. */
  uses(database: string): string {
    this.used.add(database);
    return database;
  }

  /** A topic of its own, and a database that is dropped after the tests unless it lies on a server of its own. */
  async flowOf(
    name: string,
    options: {
      uri?: string;
      topicSettings?: Record<string, string>;
      broker?: Broker;
      addresses?: string[];
    } = {},
  ): Promise<Flow> {
    const flow = await createFlow({
      broker: options.broker ?? this.broker,
      name,
      uri: inject('mongoUri'),
      ...options,
    });
    if (options.uri === undefined) this.uses(flow.database);
    return flow;
  }

  /** Whatever becomes of a test, its processes end with it. */
  ends<T extends CollectorProcess>(process: T): T {
    this.after(() => process.kill());
    return process;
  }

  /** A folder for a log, removed after the test. */
  async logFolder(): Promise<string> {
    const { folder, remove } = await temporaryFolder();
    this.after(remove);
    return folder;
  }

  async sender(flow: Flow, dataDir: string, env: Record<string, string> = {}): Promise<CollectorProcess> {
    return this.ends(await startSender(flow, dataDir, env));
  }

  async drain(flow: Flow, env: Record<string, string> = {}): Promise<CollectorProcess> {
    return this.ends(await startDrain(flow, env));
  }

  /** A collector and a drain around a flow's topic. */
  async both(
    flow: Flow,
    ofDrain: Record<string, string> = {},
  ): Promise<[sender: CollectorProcess, drain: CollectorProcess]> {
    return Promise.all([this.sender(flow, await this.logFolder()), this.drain(flow, ofDrain)]);
  }

  /** All that was sent was acknowledged and is stored, once. */
  async expectAllStored(flow: Flow, load: Load, mongo = this.client): Promise<void> {
    expect(load.acknowledged.size).toBe(load.sent.size);
    expect(load.acknowledged.size).toBeGreaterThan(50);
    await expectStored(mongo.db(flow.database), load.acknowledged, load.sent);
  }
}

/** Gives the tests of a file a broker. */
export function useKafka(): KafkaTests {
  const kafka = new KafkaTests();
  beforeAll(() => kafka.start(), 120_000);
  afterEach(() => kafka.cleanUp());
  afterAll(() => kafka.stop());
  return kafka;
}

/** The figures of a process whose lines match. */
export async function metricOf(url: string, pattern: RegExp): Promise<number[]> {
  const { body } = await send(`${url}/metrics`, '', { method: 'GET' });
  return [...body.matchAll(pattern)].map(([, value]) => Number(value));
}
