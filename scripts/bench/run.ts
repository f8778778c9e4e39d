/**
 * `npm run bench [-- --events N --rounds N]`: the textbook's pipelines and Waymark's on the same data in the
 * same run; answers are compared, the ratio of the medians is printed.
 */
import { parseArgs } from 'node:util';
import { MongoClient, type Collection } from 'mongodb';
import { runReport } from '../../src/analytics/engine/runReport';
import { generateSample } from '../../src/analytics/sample/generate';
import { openSource } from '../../src/analytics/source/openSource';
import type { Source } from '../../src/analytics/source/source';
import { INDEXES } from '../../src/shared/model/indexes';
import { parseReport, type ReportInput } from '../../src/shared/reports/report';
import type { AnyResult } from '../../src/shared/reports/result';
import { startReplicaSet } from '../testing/mongod.ts';
import {
  textbookEvents,
  textbookKpis,
  textbookSessions,
  textbookTypes,
  textbookUsers,
  type Question,
} from './textbook/figures';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    /** A running server instead of one of its own; the database "waymark_bench" there is replaced. */
    uri: { type: 'string' },
  },
});

const DATABASE = 'waymark_bench';
const END_AT = Date.parse('2026-06-30T22:00:00Z');
const TIMEZONE = 'Europe/Berlin';
const RANGE = { from: '2026-06-01', to: '2026-06-30', timezone: TIMEZONE };
const QUESTION: Question = {
  from: new Date('2026-05-31T22:00:00Z'),
  to: new Date(END_AT),
  timezone: TIMEZONE,
};

async function load(events: Collection, amount: number): Promise<void> {
  let batch: Record<string, unknown>[] = [];
  const seen = new Set<string>();
  for (const line of generateSample({ seed: 1, events: amount, endAt: END_AT })) {
    const { messageId = '', userId, anonymousId, timestamp, properties = {}, ...rest } = line;
    if (seen.has(messageId)) continue;
    seen.add(messageId);
    const at = new Date(timestamp);
    // The textbook knows no aliases: a person is known here by the anonymous id throughout.
    const user = anonymousId ?? userId;
    batch.push({ _id: messageId, userId: user, ...rest, timestamp: at, receivedAt: at, properties });
    if (batch.length === 10_000) {
      await events.insertMany(batch, { ordered: false });
      batch = [];
    }
  }
  if (batch.length > 0) await events.insertMany(batch, { ordered: false });
  for (const { collection, key } of INDEXES) {
    if (collection === 'events') await events.createIndex({ ...key });
  }
}

interface Contest {
  readonly name: string;
  readonly textbook: (events: Collection) => Promise<unknown>;
  readonly report: Record<string, unknown>;
  readonly figures: (result: AnyResult) => unknown;
}

function pointsOf(result: AnyResult): number[] {
  if (result.kind !== 'trend') throw new Error('Expected a trend.');
  return result.data.series[0]?.points.map(({ value }) => value ?? 0) ?? [];
}

const CONTESTS: readonly Contest[] = [
  {
    name: 'KPIs',
    textbook: (events) => textbookKpis(events, QUESTION),
    report: { kind: 'kpis' },
    figures: (result) => {
      if (result.kind !== 'kpis') throw new Error('Expected key figures.');
      const { activeDays, ...figures } = result.data;
      void activeDays;
      return figures;
    },
  },
  {
    name: 'trend of events',
    textbook: (events) => textbookEvents(events, QUESTION),
    report: { kind: 'trend' },
    figures: pointsOf,
  },
  {
    name: 'trend of users',
    textbook: (events) => textbookUsers(events, QUESTION),
    report: { kind: 'trend', measure: 'users' },
    figures: pointsOf,
  },
  {
    name: 'trend of sessions',
    textbook: (events) => textbookSessions(events, QUESTION),
    report: { kind: 'trend', measure: 'sessions' },
    figures: pointsOf,
  },
  {
    name: 'trend by event type',
    textbook: (events) => textbookTypes(events, QUESTION),
    report: { kind: 'trend', breakdown: 'eventType', limit: 100 },
    figures: (result) => (result.kind === 'trend' ? result.data.series.map(({ total }) => total ?? 0) : []),
  },
];

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; answer: T }> {
  const before = performance.now();
  const answer = await work();
  return { ms: performance.now() - before, answer };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Runs both in turn, so that whatever else the machine does meets both. */
async function compete(
  contest: Contest,
  events: Collection,
  source: Source,
  rounds: number,
): Promise<boolean> {
  const report = parseReport({ version: 1, range: RANGE, ...contest.report } as ReportInput);
  const [theirs, ours]: [number[], number[]] = [[], []];
  let isEqual = true;
  for (let round = 0; round < rounds; round += 1) {
    const textbook = await timed(() => contest.textbook(events));
    const waymark = await timed(() => runReport({ report, source, now: END_AT }));
    theirs.push(textbook.ms);
    ours.push(waymark.ms);
    const [expected, actual] = [
      JSON.stringify(textbook.answer),
      JSON.stringify(contest.figures(waymark.answer)),
    ];
    if (expected !== actual) {
      isEqual = false;
      console.log(`  ${contest.name}: answers differ\n  textbook ${expected}\n  waymark  ${actual}`);
    }
  }
  const ratio = median(theirs) / median(ours);
  console.log(
    `${contest.name.padEnd(22)} textbook ${median(theirs).toFixed(0).padStart(7)} ms   waymark ${median(ours).toFixed(0).padStart(7)} ms   ${ratio.toFixed(1).padStart(5)} times   ${isEqual ? 'equal' : 'DIFFERENT'}`,
  );
  return isEqual;
}

const amount = Number(options.events);
const server = options.uri === undefined ? await startReplicaSet({}) : undefined;
const uri = options.uri ?? server?.uri ?? '';
const client = await new MongoClient(uri).connect();
try {
  await client.db(DATABASE).dropDatabase();
  const events = client.db(DATABASE).collection('events');
  console.log(`Loading ${amount.toLocaleString('en')} events …`);
  await load(events, amount);
  const source = await openSource({ uri, database: DATABASE });
  console.log(
    `${(await events.estimatedDocumentCount()).toLocaleString('en')} events over 90 days, asked about the last 30`,
  );
  let areEqual = true;
  for (const contest of CONTESTS) {
    areEqual = (await compete(contest, events, source, Number(options.rounds))) && areEqual;
  }
  await source.close();
  process.exitCode = areEqual ? 0 : 1;
} finally {
  await client.db(DATABASE).dropDatabase();
  await client.close();
  await server?.stop();
}
