import { startBroker, whyNoBroker } from '../../../scripts/testing/kafka';
import { settled } from '../testing/checkStored';
import { createFlow, startDrain, startSender } from '../testing/kafkaFlow';
import { type CollectorProcess, temporaryFolder, WRITE_KEY } from '../testing/runCollector';
import { cpuSeconds, describeLatency, figureOf, print } from './figures';
import { buildRequest, sendAll } from './httpLoad';
import { eventLine } from './traffic';

interface KafkaPlan {
  uri: string;
  mongodPid: number;
  events: number;
  nodeArgs: string[];
}

/**
 * The way through Kafka in its two halves: a collector that takes batches of 100 into the topic, and then one
 * drain that brings them to the database, each with the machine to itself but for broker and database.
 */
export async function runKafka({ uri, mongodPid, events, nodeArgs }: KafkaPlan): Promise<void> {
  const missing = await whyNoBroker();
  if (missing !== null) {
    process.stdout.write(`(d) through Kafka: skipped, ${missing}\n`);
    return;
  }
  const broker = await startBroker();
  const { folder, remove } = await temporaryFolder();
  try {
    const flow = await createFlow({ broker, uri, name: 'bench' });
    const env = { WAYMARK_DERIVE_SECONDS: '1', WAYMARK_KAFKA_SESSION_SECONDS: '10' };
    const sender = await startSender(flow, folder, env, nodeArgs);
    await measureSender(sender, broker.pid(), events);
    await sender.stop();
    const drain = await startDrain(flow, env, nodeArgs);
    await measureDrain(drain, mongodPid, broker.pid(), events);
    await drain.stop();
  } finally {
    await broker.stop();
    await remove();
  }
}

const perEvent = (seconds: number, events: number): string => ((seconds / events) * 1e6).toFixed(1);

async function measureSender(sender: CollectorProcess, brokerPid: number, events: number): Promise<void> {
  const target = new URL('/v1/events', sender.url);
  const requests = Array.from({ length: events / 100 }, (_, batch) => {
    const lines = Array.from({ length: 100 }, (_, offset) => eventLine(batch * 100 + offset, 'd'));
    return buildRequest(target, WRITE_KEY, JSON.stringify(lines));
  });
  const [cpuBefore, brokerBefore] = [await cpuSeconds(sender.pid), await cpuSeconds(brokerPid)];
  const startedAt = performance.now();
  const figures = await sendAll(target, requests, 16);
  await settled(sender.url);
  const seconds = (performance.now() - startedAt) / 1_000;
  print('(d) batches of 100 into the topic', {
    'events/s': Math.round(events / seconds).toString(),
    ...describeLatency(figures),
    'collector µs/event': perEvent((await cpuSeconds(sender.pid)) - cpuBefore, events),
    'broker µs/event': perEvent((await cpuSeconds(brokerPid)) - brokerBefore, events),
    'acknowledged/s': Math.round(events / figures.seconds).toString(),
  });
}

async function measureDrain(
  drain: CollectorProcess,
  mongodPid: number,
  brokerPid: number,
  events: number,
): Promise<void> {
  const cpuBefore = { drain: 0, mongod: await cpuSeconds(mongodPid), broker: await cpuSeconds(brokerPid) };
  const startedAt = performance.now();
  let storedAt = 0;
  for (;;) {
    const now = performance.now();
    const stored = await figureOf(drain.url, 'waymark_collector_stored_total\\{outcome="stored"\\}');
    if (storedAt === 0 && stored >= events) storedAt = now;
    if ((await figureOf(drain.url, 'waymark_collector_drained_total')) >= events) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const whole = (performance.now() - startedAt) / 1_000;
  print('(d) from there by one drain', {
    'events/s': Math.round(events / ((storedAt - startedAt) / 1_000)).toString(),
    'drain µs/event': perEvent((await cpuSeconds(drain.pid)) - cpuBefore.drain, events),
    'mongod µs/event': perEvent((await cpuSeconds(mongodPid)) - cpuBefore.mongod, events),
    'broker µs/event': perEvent((await cpuSeconds(brokerPid)) - cpuBefore.broker, events),
    'derived/s': Math.round(events / whole).toString(),
  });
}
