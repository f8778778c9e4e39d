/**
 * `npm run bench [-- --events N,N… --rounds N --threads N --only TEXT --sql --json FILE]`: the textbook's pipelines,
 * ours, ClickHouse, DuckDB and columns (cold from MongoDB, and warm) are asked the same questions about the same
 * events, with equal answers; how time and memory grow with the events. Beyond `--mongo-up-to` events, or with
 * `--no-mongo`, MongoDB is left out and columns are cold from a folder.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { FolderStore } from '../../../src/analytics/columns/store/folderStore';
import { openFolderSnapshot } from '../../../src/analytics/columns/store/folderSnapshot';
import { FolderSupply } from '../../../src/analytics/columns/store/folderSupply';
import { writeBenchStore } from './benchStore';
import { bundlePrograms } from './bundles';
import { COLUMN_QUESTIONS, END_AT, type ColumnQuestion } from './questions';
import { openMongoVoices, type MongoVoices } from './mongoVoices';
import { SqlEngines } from './sqlEngines';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000,5000000,20000000' },
    rounds: { type: 'string', default: '7' },
    threads: { type: 'string', default: String(cpus().length) },
    only: { type: 'string', default: '' },
    /** Prints each query. */
    sql: { type: 'boolean', default: false },
    /** Stores of so many events each that are there already, instead of new ones: a folder for each of `--events`. */
    store: { type: 'string' },
    'no-mongo': { type: 'boolean', default: false },
    /** The textbook's pipelines take minutes a question beyond. */
    'mongo-up-to': { type: 'string', default: '5000000' },
    uri: { type: 'string' },
    database: { type: 'string', default: 'waymark_bench_columns' },
    /** Events and columns are in the database already, and stay. */
    loaded: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const ROUNDS = Number(options.rounds);
const THREADS = Number(options.threads);
const COLD_ROUNDS = 3;
const BUNDLES = await bundlePrograms();

const ENGINE = { threads: THREADS, workerFile: BUNDLES.worker };

interface Memory {
  readonly events: number;
  readonly idleBytes: number;
  readonly afterBytes: number;
  readonly peakBytes: number;
  /** Peak above idle. */
  readonly bytesAnEvent: number;
}

interface Line {
  readonly events: number;
  readonly question: string;
  /** NaN where an engine was left out. */
  readonly ms: Readonly<Record<'naive' | 'pipeline' | 'cold' | 'warm' | 'clickhouse' | 'duckdb', number>>;
  readonly isEqual: boolean;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const canonical = (rows: readonly unknown[][]): string =>
  JSON.stringify(
    rows
      .map((row) =>
        row.map((value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value)),
      )
      .map((row) => JSON.stringify(row))
      .sort(),
  );

async function timed(work: () => Promise<unknown[][]>): Promise<{ ms: number; rows: unknown[][] }> {
  const before = performance.now();
  const rows = await work();
  return { ms: performance.now() - before, rows };
}

async function compare(
  question: ColumnQuestion,
  store: FolderStore,
  sql: SqlEngines,
  warm: FolderSupply,
  mongo: MongoVoices | null,
): Promise<Omit<Line, 'events'>> {
  const run = async (columns: FolderSupply): Promise<unknown[][]> => {
    const snapshot = await columns.snapshot();
    const request = { report: question.report, snapshot, now: END_AT, sessionGapMs: 1_800_000 };
    return question.rowsOf(await columns.engine.run(request));
  };
  const answers: string[] = [];
  // Cold: nothing in memory, threads not started.
  const cold: number[] = [];
  for (let round = 0; round < COLD_ROUNDS; round += 1) {
    if (mongo) {
      const given = await timed(() => mongo.cold(question, THREADS, BUNDLES.worker));
      cold.push(given.ms);
      answers.push(canonical(given.rows));
      continue;
    }
    const columns = new FolderSupply(store, ENGINE);
    cold.push((await timed(() => run(columns))).ms);
    await columns.close();
  }
  // Pipelines take so long that one round must do.
  const slow = { naive: NaN, pipeline: NaN };
  for (const voice of ['naive', 'pipeline'] as const) {
    if (!mongo) continue;
    const given = await timed(() => mongo[voice](question));
    slow[voice] = given.ms;
    answers.push(canonical(given.rows));
  }
  const times = {
    warm: [] as number[],
    by_type: [] as number[],
    by_user: [] as number[],
    duckdb: [] as number[],
  };
  for (let round = -1; round < ROUNDS; round += 1) {
    const keep = (list: number[], ms: number): void => {
      if (round >= 0) list.push(ms);
    };
    const ours = await timed(() => run(warm));
    keep(times.warm, ours.ms);
    answers.push(canonical(ours.rows));
    for (const table of ['by_type', 'by_user'] as const) {
      const theirs = await sql.ask(
        'clickhouse',
        question.clickhouse.replace('FROM T', `FROM bench.${table}`),
        THREADS,
      );
      keep(times[table], theirs.ms);
      answers.push(canonical(theirs.rows));
    }
    const duck = await sql.ask('duckdb', question.duckdb, THREADS);
    keep(times.duckdb, duck.ms);
    answers.push(canonical(duck.rows));
  }
  const [first] = answers;
  const different = answers.find((answer) => answer !== first);
  if (different !== undefined) {
    console.log(
      `  ${question.name} differs:\n    ${(first ?? '').slice(0, 400)}\n    ${different.slice(0, 400)}`,
    );
  }
  return {
    question: question.name,
    ms: {
      ...slow,
      cold: median(cold),
      warm: median(times.warm),
      clickhouse: Math.min(median(times.by_type), median(times.by_user)),
      duckdb: median(times.duckdb),
    },
    isEqual: different === undefined,
  };
}

function print({ question, ms, isEqual }: Omit<Line, 'events'>): void {
  const shown = (value: number, text: string): string => (Number.isNaN(value) ? '–' : text).padStart(9);
  const cell = (value: number): string => shown(value, value.toFixed(value < 1_000 ? 1 : 0));
  const times = (value: number): string => shown(value, `${value.toFixed(1)}×`);
  const cells = [ms.naive, ms.pipeline, ms.clickhouse, ms.duckdb, ms.cold, ms.warm].map(cell);
  const ratios = [ms.clickhouse / ms.warm, ms.duckdb / ms.warm, ms.naive / ms.warm, ms.naive / ms.cold];
  console.log(
    `${question.padEnd(20)}${cells.join('')}${ratios.map(times).join('')}  ${isEqual ? 'equal' : 'DIFFERS'}`,
  );
}

/** What a process of its own takes for all questions. */
function measureMemory(store: FolderStore, rows: number): Memory {
  const printed = execFileSync(
    process.execPath,
    [BUNDLES.memory, store.folder, String(THREADS), BUNDLES.worker],
    {
      encoding: 'utf8',
    },
  );
  const bytes = JSON.parse(printed) as Omit<Memory, 'events' | 'bytesAnEvent'>;
  return { events: rows, ...bytes, bytesAnEvent: (bytes.peakBytes - bytes.idleBytes) / rows };
}

/** How the time an event takes grows with the number of events. */
function printGrowth(lines: readonly Line[]): void {
  const sizes = [...new Set(lines.map(({ events }) => events))];
  if (sizes.length < 2) return;
  console.log('\nColumns warm, ns an event');
  console.log(
    `${''.padEnd(20)}${sizes.map((size) => size.toLocaleString('en').padStart(12)).join('')}   last / before`,
  );
  for (const { question } of lines.filter(({ events }) => events === sizes[0])) {
    const ns = sizes.map((size) => {
      const line = lines.find((one) => one.events === size && one.question === question);
      return line ? (line.ms.warm * 1e6) / size : NaN;
    });
    const growth = (ns[ns.length - 1] ?? NaN) / (ns[ns.length - 2] ?? NaN);
    console.log(
      `${question.padEnd(20)}${ns.map((value) => value.toFixed(2).padStart(12)).join('')}${`${growth.toFixed(2)}×`.padStart(16)}`,
    );
  }
}

async function measure(
  events: number,
  work: string,
  folder: string | undefined,
): Promise<{ lines: Line[]; memory: Memory }> {
  const store = new FolderStore(folder ?? path.join(work, `store-${events}`));
  if (folder === undefined) {
    console.log(`Making ${events.toLocaleString('en')} events …`);
    await writeBenchStore(store, events, END_AT);
  }
  const snapshot = await openFolderSnapshot(store);
  const rows = snapshot.parts.reduce((sum, part) => sum + part.rows, 0);
  const { uri, database, loaded } = options;
  const mongo =
    options['no-mongo'] || events > Number(options['mongo-up-to'])
      ? null
      : await openMongoVoices(events, { uri, database, isLoaded: loaded });
  const sql = new SqlEngines();
  const lines: Line[] = [];
  try {
    const versions = await sql.load(store.folder, path.join(work, `sql-${events}`));
    console.log(
      `\n${rows.toLocaleString('en')} events of ${snapshot.userCount.toLocaleString('en')} people, ${THREADS} threads; ClickHouse ${versions.clickhouse}, DuckDB ${versions.duckdb}; median ms of ${ROUNDS} rounds`,
    );
    const heads = [
      'naive',
      'pipeline',
      'ClickH.',
      'DuckDB',
      'cold',
      'warm',
      'CH/warm',
      'Duck/w.',
      'naive/w.',
    ];
    console.log(`${''.padEnd(20)}${[...heads, 'naive/c.'].map((head) => head.padStart(9)).join('')}`);
    const warm = new FolderSupply(store, ENGINE);
    for (const question of COLUMN_QUESTIONS) {
      if (!options.only.split('|').some((part) => question.name.includes(part))) continue;
      if (options.sql) console.log(`\n${question.clickhouse}\n${question.duckdb}`);
      const line = await compare(question, store, sql, warm, mongo);
      print(line);
      lines.push({ events: rows, ...line });
    }
    await warm.close();
  } finally {
    sql.close();
    await mongo?.close();
  }
  const memory = measureMemory(store, rows);
  console.log(
    `resident memory above the idle process, all questions asked three times: ${memory.bytesAnEvent.toFixed(1)} bytes an event at its peak`,
  );
  return { lines, memory };
}

const work = await mkdtemp(path.join(tmpdir(), 'waymark-bench-'));
try {
  const lines: Line[] = [];
  const memory: Memory[] = [];
  const stores = options.store?.split(',') ?? [];
  for (const [index, events] of options.events.split(',').map(Number).entries()) {
    const measured = await measure(events, work, stores[index]);
    lines.push(...measured.lines);
    memory.push(measured.memory);
  }
  printGrowth(lines);
  if (options.json !== undefined) {
    const machine = { cores: cpus().length, model: cpus()[0]?.model, memoryBytes: totalmem() };
    await writeFile(
      options.json,
      `${JSON.stringify({ machine, threads: THREADS, lines, memory }, null, 2)}\n`,
    );
  }
  process.exitCode = lines.every(({ isEqual }) => isEqual) ? 0 : 1;
} finally {
  await rm(work, { recursive: true, force: true });
  await rm(BUNDLES.folder, { recursive: true, force: true });
}
