import { MongoClient, type Db } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseReport, type ReportInput } from '../../../shared/reports/report';
import { createRandom } from '../../sample/random';
import { openSource } from '../../source/openSource';
import { ColumnEngine } from '../columnEngine';
import { ColumnStore } from '../live/columnStore';
import { DatabaseColumns } from '../live/databaseColumns';
import { NoColumns } from '../live/noColumns';
import { PartGone } from '../snapshot';
import { History } from '../testing/history';
import { rowsOfEvents, rowsOfSnapshot } from '../testing/rowsOf';
import { Compactor } from './compactor';
import type { CompactorPoint } from './crashPoints';

const DEEP = (process.env['WAYMARK_DEEP'] ?? '') !== '';
const SEEDS = DEEP ? 12 : 2;
const ROUNDS = DEEP ? 40 : 12;

const REPORTS = [
  { kind: 'kpis', users: { kpi: 'sessions' } },
  { kind: 'trend', interval: 'month', measure: 'users', breakdown: 'device' },
  {
    kind: 'funnel',
    interval: 'month',
    steps: ['page_view', 'purchase'],
    users: { step: 2, outcome: 'converted' },
  },
  { kind: 'users', sort: '-events' },
].map((keys) =>
  parseReport({
    version: 1,
    range: { from: '2000-01-01', to: '2100-01-01', timezone: 'UTC' },
    ...keys,
  } as ReportInput),
);

class Killed extends Error {}

let client: MongoClient;
beforeAll(async () => {
  client = await MongoClient.connect(inject('mongoUri'));
});
afterAll(() => client.close());

/** As the ten minutes of `UNNAMED_BLOCKS_KEPT_MS`, longer than anybody takes from storing a block to naming it. */
const KEPT_MS = 20_000;

/** A compactor that dies the N-th time it passes a point of its own choosing; a new one takes its place. */
function mortal(make: (reached: (point: CompactorPoint) => void) => Compactor, lives: () => number) {
  let deaths = 0;
  const born = (): Compactor => {
    let left = lives();
    return make(() => {
      left -= 1;
      if (left < 0) throw new Killed();
    });
  };
  let current = born();
  return {
    get deaths() {
      return deaths;
    },
    stop: () => current.stop(),
    async step(): Promise<void> {
      try {
        await current.step({ limitMs: 500 });
        await current.collect(KEPT_MS);
      } catch (error) {
        if (!(error instanceof Killed || error instanceof PartGone)) throw error;
        deaths++;
        // Nobody gives a dead one's lease back; it is taken over here as if its time had passed.
        await current.stop();
        current = born();
      }
    },
  };
}

async function play(db: Db, seed: number, hasImages: boolean) {
  await db.dropDatabase();
  await db.createCollection('events', hasImages ? { changeStreamPreAndPostImages: { enabled: true } } : {});
  await db.collection('events').createIndex({ timestamp: 1 });
  await db.collection('events').createIndex({ userId: 1, timestamp: 1 });
  const random = createRandom(seed);
  const now = Date.now();
  const writers = [1, 2].map(
    (writer) => new History(db, { random: createRandom(seed, writer), now, prefix: `w${writer}` }),
  );
  await writers[0]?.happen();
  const source = await openSource({
    uri: inject('mongoUri'),
    database: db.databaseName,
    anyCollections: true,
  });
  const store = new ColumnStore(db);
  const compactors = [1, 2].map(() =>
    mortal(
      (reached) => new Compactor({ source, store, database: db.databaseName, reached }),
      () => random.integer(0, 40),
    ),
  );
  if (seed % 2 === 0) {
    const first = new Compactor({ source, store, database: db.databaseName });
    await first.step();
    await first.stop();
  }
  const readers = [new DatabaseColumns(source), new DatabaseColumns(source)];
  // Serves one snapshot after the other, of two readers, and lays out what differs.
  const engine = new ColumnEngine({ threads: 1, mostOverlaid: 10 });
  const seen = { answers: 0, refusals: 0 };

  const read = async (columns: DatabaseColumns): Promise<void> => {
    try {
      const snapshot = await columns.snapshot();
      const moment = columns.momentOf(snapshot);
      const expected = await rowsOfEvents(source, moment);
      expect(await rowsOfSnapshot(snapshot)).toEqual(expected);
      const fresh = new ColumnEngine({ threads: 1 });
      for (const report of REPORTS) {
        const run = { report, snapshot, now, sessionGapMs: 1_800_000 };
        const [actual, anew] = [await engine.run(run), await fresh.run(run)];
        expect({ ...actual, provenance: null }).toEqual({ ...anew, provenance: null });
        if (report.kind === 'kpis') expect(actual.data).toMatchObject({ events: expected.length });
      }
      await fresh.close();
      seen.answers++;
    } catch (error) {
      // A block was replaced while it was read: the executor asks again, and so would this reader.
      if (error instanceof NoColumns) seen.refusals++;
      else if (!(error instanceof PartGone)) throw error;
    }
  };

  for (let round = 0; round < ROUNDS; round++) {
    const actors = [
      ...writers.map((writer) => async () => {
        for (let times = random.integer(0, 3); times > 0; times--) await writer.happen();
      }),
      ...compactors.map((compactor) => () => compactor.step()),
      ...readers.map((columns) => () => read(columns)),
    ].filter(() => random.chance(0.75));
    await Promise.all(actors.map((act) => act()));
    // Nobody is about to name a block now.
    await store.collect(0);
  }
  // When all is quiet, a compactor that lives brings blocks up to date, and they are all that is needed.
  const last = new Compactor({ source, store, database: db.databaseName });
  for (const compactor of compactors) await compactor.step();
  for (const compactor of compactors) await compactor.stop();
  for (let step = await last.step(); step.dirty > 0 || step.built > 0; step = await last.step());
  const quiet = await readers[0]?.snapshot();
  if (!quiet) throw new Error('There is no reader.');
  expect(await rowsOfSnapshot(quiet)).toEqual(await rowsOfEvents(source));
  expect(quiet.parts.every((part) => 'read' in part)).toBe(true);
  expect(await last.verify()).toMatchObject({ repaired: 0 });
  await engine.close();
  await source.close();
  const deaths = compactors.reduce((sum, compactor) => sum + compactor.deaths, 0);
  return { ...seen, deaths };
}

describe('whatever is written, deleted, killed and read at once', () => {
  it.each([
    ['with images of what events were', true],
    ['where the log does not tell which hour lost an event', false],
  ])(
    'every answer is the events of one moment, %s',
    async (name, hasImages) => {
      const db = client.db(`columns_model_${hasImages ? 'images' : 'plain'}`);
      const total = { answers: 0, refusals: 0, deaths: 0 };
      for (let seed = 1; seed <= SEEDS; seed++) {
        const seen = await play(db, seed, hasImages);
        total.answers += seen.answers;
        total.refusals += seen.refusals;
        total.deaths += seen.deaths;
      }
      if (DEEP) process.stdout.write(`${name}: ${JSON.stringify(total)}\n`);
      expect(total.answers).toBeGreaterThan(SEEDS * 2);
      expect(total.deaths).toBeGreaterThan(0);
      await db.dropDatabase();
    },
    DEEP ? 1_500_000 : 120_000,
  );
});
