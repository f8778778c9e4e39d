/**
 * `npm run bench:collector`: what the collector costs beside a bare insertMany, on one machine in one run.
 * (a) a loop of insertMany with the documents, indexes and write concern of the collector; (b) the collector over
 * HTTP in batches of 100, each in turn and several times, every time into a new database; (c) single events from 200 connections; (d) as (b) into Kafka, and from there into the
 * database by a drain, where a broker can run. `-- EVENTS` sets the number of events;
 * `--compactor` has column blocks built beside, which the bare loop has no part in. Everything is warmed up alike
 * before it is measured: a service runs for months, and compiling it is no part of what an event costs.
 */
import { MongoClient } from 'mongodb';
import { startReplicaSet } from '../../../scripts/testing/mongod';
import { openIngest } from '../../../src/analytics/ingest/ingest';
import { eventLineToItem } from '../../../src/shared/model/ingest/eventLine';
import { settled } from '../testing/checkStored';
import { startCollector, temporaryFolder, WRITE_KEY } from '../testing/runCollector';
import { shippedNodeArgs } from '../testing/shippedNodeArgs';
import { cpuSeconds, describeLatency, figureOf, print } from './figures';
import { buildRequest, percentile, sendAll } from './httpLoad';
import { runKafka } from './kafka';
import { eventLine } from './traffic';

const EVENTS = Number(process.argv[2] ?? 200_000);
const COMPACTOR = process.argv.includes('--compactor') ? 'on' : 'off';
const SINGLES = Math.min(50_000, EVENTS);

/** How often (a) and (b) are measured, in turn: what else a machine does changes from second to second. */
const ROUNDS = 3;

/** Events that warm up what is measured next. */
const WARM_UP = Math.min(30_000, EVENTS);

/** Between two looks at the collector's figures, which cost it some milliseconds each. */
const LOOK_MS = 100;

/** Where to write processor profiles of the collector, if asked for. */
const PROFILE = process.env['WAYMARK_BENCH_PROFILE'];

async function main(): Promise<void> {
  const server = await startReplicaSet();
  const client = await MongoClient.connect(server.uri);
  const mongodPid = server.members[0]?.pid() ?? 0;
  try {
    const { folder: dataDir, remove } = await temporaryFolder();
    const rounds = Array.from({ length: ROUNDS }, (_, round) => ({
      key: `${WRITE_KEY}-${round}`,
      database: `bench_http_${round}`,
    }));
    const env = {
      WAYMARK_KEYS: [WRITE_KEY, ...rounds.map(({ key, database }) => `${key}:${database}`)].join(),
      WAYMARK_DERIVE_SECONDS: '1',
      WAYMARK_COMPACTOR: COMPACTOR,
    };
    print('the collector', { 'users and sessions': 'derived every second', 'column blocks': COMPACTOR });
    const nodeArgs = shippedNodeArgs();
    if (PROFILE !== undefined) nodeArgs.push('--cpu-prof', `--cpu-prof-dir=${PROFILE}`);
    const collector = await startCollector({
      uri: server.uri,
      database: 'bench_http',
      dataDir,
      env,
      nodeArgs,
    });
    const target = new URL('/v1/events', collector.url);
    try {
      const ratios: number[] = [];
      for (const { key } of rounds) {
        const bare = await runBare(client, mongodPid);
        await warmUp({ target, key, perRequest: 100 });
        const batched = await runHttp('(b) batches of 100, 16 connections', collector, mongodPid, {
          target,
          key,
          connections: 16,
          events: EVENTS,
          perRequest: 100,
          run: 'b',
        });
        ratios.push(batched / bare);
      }
      print('(b)/(a)', {
        ratio: `${(ratios.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0).toFixed(2)} (median of ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')})`,
      });
      await warmUp({ target, key: WRITE_KEY, perRequest: 1 });
      await runHttp('(c) single events, 200 connections', collector, mongodPid, {
        target,
        key: WRITE_KEY,
        connections: 200,
        events: SINGLES,
        perRequest: 1,
        run: 'c',
      });
    } finally {
      await collector.stop();
      await remove();
    }
    await runKafka({ uri: server.uri, mongodPid, events: EVENTS, nodeArgs });
  } finally {
    await client.close();
    await server.stop();
  }
}

/** Sends events that nobody measures, of other visitors, and waits until the collector is at rest. */
async function warmUp(plan: { target: URL; key: string; perRequest: number }): Promise<void> {
  const { target, perRequest } = plan;
  const events = perRequest === 1 ? WARM_UP / 10 : WARM_UP;
  await sendAll(target, requestsOf({ ...plan, events, run: `w${perRequest}`, first: EVENTS }), 16);
  await settled(target.origin);
}

async function runBare(client: MongoClient, mongodPid: number): Promise<number> {
  const db = client.db('bench_bare');
  await db.dropDatabase();
  const { stores, prepare } = openIngest({ db });
  await prepare();
  const receivedAt = new Date();
  const documents = Array.from({ length: EVENTS }, (_, index) => {
    const read = eventLineToItem(eventLine(index, 'a'), { receivedAt, messageId: '', badTime: 'receivedAt' });
    if (!read.ok || read.item.kind !== 'event') throw new Error('not an event');
    return read.item.event;
  });
  for (let at = 0; at < WARM_UP; at += 1_000) {
    const batch = documents
      .slice(at, at + 1_000)
      .map((document) => ({ ...document, _id: `w-${document._id}` }));
    await stores.events.insertMany(batch, { ordered: false });
  }
  const latenciesMs: number[] = [];
  const cpuBefore = process.cpuUsage();
  const mongodBefore = await cpuSeconds(mongodPid);
  const startedAt = performance.now();
  for (let at = 0; at < documents.length; at += 1_000) {
    const sentAt = performance.now();
    await stores.events.insertMany(documents.slice(at, at + 1_000), { ordered: false });
    latenciesMs.push(performance.now() - sentAt);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  latenciesMs.sort((a, b) => a - b);
  print('(a) bare insertMany, 1,000 a batch', {
    'events/s': Math.round(EVENTS / seconds).toString(),
    p50: `${percentile(latenciesMs, 0.5).toFixed(1)} ms`,
    p99: `${percentile(latenciesMs, 0.99).toFixed(1)} ms`,
    'client µs/event': ((user + system) / EVENTS).toFixed(1),
    'mongod µs/event': ((((await cpuSeconds(mongodPid)) - mongodBefore) / EVENTS) * 1e6).toFixed(1),
  });
  return EVENTS / seconds;
}

/** The requests that carry some events, `first` being the index of the first. */
function requestsOf(plan: {
  target: URL;
  key: string;
  events: number;
  perRequest: number;
  run: string;
  first: number;
}): Buffer[] {
  const { target, key, events, perRequest, run, first } = plan;
  const requests: Buffer[] = [];
  for (let at = first; at < first + events; at += perRequest) {
    const lines = Array.from({ length: perRequest }, (_, offset) => eventLine(at + offset, run));
    requests.push(buildRequest(target, key, JSON.stringify(perRequest === 1 ? lines[0] : lines)));
  }
  return requests;
}

async function runHttp(
  label: string,
  collector: { url: string; pid: number },
  mongodPid: number,
  plan: { target: URL; key: string; connections: number; events: number; perRequest: number; run: string },
): Promise<number> {
  const { target, connections, perRequest } = plan;
  const requests = requestsOf({ ...plan, first: 0 });
  const cpuBefore = await cpuSeconds(collector.pid);
  const mongodBefore = await cpuSeconds(mongodPid);
  const senderBefore = process.cpuUsage();
  const startedAt = performance.now();
  let worstLag = 0;
  const watching = setInterval(() => {
    void figureOf(collector.url, 'waymark_collector_derived_lag_seconds').then((lag) => {
      worstLag = Math.max(worstLag, lag);
    });
  }, 10 * LOOK_MS);
  const figures = await sendAll(target, requests, connections);
  // What was refused is no event taken.
  const events = figures.ok * perRequest;
  while ((await figureOf(collector.url, 'waymark_collector_queue_entries')) > 0) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(senderBefore);
  await settled(collector.url);
  clearInterval(watching);
  const whole = (performance.now() - startedAt) / 1_000;
  print(label, {
    'events/s': Math.round(events / seconds).toString(),
    ...describeLatency(figures),
    'collector µs/event': ((((await cpuSeconds(collector.pid)) - cpuBefore) / events) * 1e6).toFixed(1),
    'mongod µs/event': ((((await cpuSeconds(mongodPid)) - mongodBefore) / events) * 1e6).toFixed(1),
    'sender µs/event': ((user + system) / events).toFixed(1),
    'acknowledged/s': Math.round(events / figures.seconds).toString(),
    'derived/s': Math.round(events / whole).toString(),
    'worst lag': `${worstLag.toFixed(1)} s`,
  });
  if (figures.refused.size > 0)
    print('  refused', Object.fromEntries([...figures.refused].map(([s, n]) => [String(s), String(n)])));
  return events / seconds;
}

await main();
process.exit(0);
