/**
 * `npm run bench:pipelines [-- --events N --rounds N --only TEXT --json FILE]`: the textbook and ours answer the same
 * 14 questions on the same data in the same run, in turn, so that whatever else the machine does meets all. Prints
 * medians, how many times faster each engine is than the first, and whether the answers are equal.
 */
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { MongoClient } from 'mongodb';
import { startReplicaSet } from '../testing/mongod.ts';
import { loadBenchEvents } from './benchData';
import type { BenchData, Engine, OpenEngine } from './engine';
import { pipelineEngine } from './engines/pipeline';
import { textbookEngine } from './engines/textbook';
import { QUESTIONS, type Question } from './questions';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    /** Only questions whose name contains this. */
    only: { type: 'string', default: '' },
    /** Writes the figures there too. */
    json: { type: 'string' },
    /** A running server instead of one of its own. */
    uri: { type: 'string' },
    database: { type: 'string', default: 'waymark_bench' },
    /** Takes the data that an earlier run with --keep left in the database, and leaves them again. */
    loaded: { type: 'boolean', default: false },
    /** Leaves the data in the database. */
    keep: { type: 'boolean', default: false },
  },
});

/** The first is what the others are compared with. */
const ENGINES: readonly Engine[] = [textbookEngine, pipelineEngine];

interface Measurement {
  readonly question: string;
  readonly engine: string;
  readonly medianMs: number;
  readonly timesMs: readonly number[];
  /** How many times faster than the first engine. */
  readonly ratio: number;
  /** Whether the answer equals the first engine's. */
  readonly isEqual: boolean;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Asks all engines one question, in turn, after one round that is not counted. */
async function compete(
  question: Question,
  engines: readonly (readonly [Engine, OpenEngine])[],
  rounds: number,
): Promise<Measurement[]> {
  const contestants = engines.flatMap(([engine, open]) => {
    const answer = open.prepare(question);
    return answer ? [{ engine, answer, times: [] as number[], answers: [] as string[] }] : [];
  });
  for (let round = -1; round < rounds; round += 1) {
    for (const { answer, times, answers } of contestants) {
      const before = performance.now();
      const given = await answer();
      if (round >= 0) times.push(performance.now() - before);
      answers.push(JSON.stringify(given));
    }
  }
  const [first] = contestants;
  if (!first) return [];
  const expected = first.answers[0];
  return contestants.map(({ engine, times, answers }) => {
    const isEqual = answers.every((given) => given === expected);
    if (!isEqual) {
      console.log(
        `  ${question.name}: ${engine.name} differs\n    ${expected ?? ''}\n    ${answers.find((given) => given !== expected) ?? ''}`,
      );
    }
    const medianMs = median(times);
    return {
      question: question.name,
      engine: engine.name,
      medianMs,
      timesMs: times,
      ratio: median(first.times) / medianMs,
      isEqual,
    };
  });
}

function printRow(measurements: readonly Measurement[]): void {
  const cells = measurements.map(({ engine, medianMs, ratio, isEqual }, index) => {
    const time = `${engine} ${medianMs.toFixed(0).padStart(6)} ms`;
    return index === 0 ? time : `${time} ${ratio.toFixed(1).padStart(6)}×  ${isEqual ? 'equal' : 'DIFFERS'}`;
  });
  console.log(`${(measurements[0]?.question ?? '').padEnd(20)}  ${cells.join('   ')}`);
}

const server = options.uri === undefined ? await startReplicaSet({}) : undefined;
const uri = options.uri ?? server?.uri ?? '';
const client = await new MongoClient(uri).connect();
const database = client.db(options.database);
try {
  const events = database.collection('events');
  if (!options.loaded) {
    await database.dropDatabase();
    console.log(`Loading ${Number(options.events).toLocaleString('en')} events …`);
    await loadBenchEvents(events, Number(options.events));
  }
  const data: BenchData = { uri, database: options.database, events };
  const stored = await events.estimatedDocumentCount();
  console.log(
    `${stored.toLocaleString('en')} events over 90 days, asked about the last 30; ${cpus().length} cores (${cpus()[0]?.model ?? ''}), ${Math.round(totalmem() / 2 ** 30)} GB; median of ${options.rounds} rounds`,
  );
  const opened: (readonly [Engine, OpenEngine])[] = [];
  for (const engine of ENGINES) opened.push([engine, await engine.open(data)]);
  const measurements: Measurement[] = [];
  for (const question of QUESTIONS) {
    if (!question.name.includes(options.only)) continue;
    const row = await compete(question, opened, Number(options.rounds));
    printRow(row);
    measurements.push(...row);
  }
  for (const [, engine] of opened) await engine.close();
  if (options.json !== undefined) {
    const machine = { cores: cpus().length, model: cpus()[0]?.model, memoryBytes: totalmem() };
    await writeFile(
      options.json,
      `${JSON.stringify({ events: stored, rounds: Number(options.rounds), machine, measurements }, null, 2)}\n`,
    );
  }
  process.exitCode = measurements.every(({ isEqual }) => isEqual) ? 0 : 1;
} finally {
  if (!options.keep && !options.loaded) await database.dropDatabase();
  await client.close();
  await server?.stop();
}
