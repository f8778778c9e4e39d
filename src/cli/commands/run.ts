import { appendFile, writeFile } from 'node:fs/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { openBlockCache } from '../../analytics/columns/cache/cacheFolder';
import { DatabaseSupply } from '../../analytics/columns/live/databaseSupply';
import { FolderStore } from '../../analytics/columns/store/folderStore';
import { FolderSupply } from '../../analytics/columns/store/folderSupply';
import type { ColumnSupply } from '../../analytics/columns/supply';
import { executeReport } from '../../analytics/execute/executeReport';
import type { Source } from '../../analytics/source/source';
import { WaymarkError } from '../../shared/errors';
import { resultToCsvLines } from '../../shared/reports/csv';
import type { Report } from '../../shared/reports/report';
import type { AnyResult } from '../../shared/reports/result';
import { withOpenSource, withSource, type ConnectionOptions } from '../connection';
import { exitCodeOf, toEnvelope, type ExitCode } from '../exit';
import { drawResult } from '../output/resultTable';
import { describeProgress, ProgressLine } from '../progress';
import { readReports, type ReadReport } from '../readReports';
import { openResultSink, type ResultSink } from '../resultSink';
import { tell, type Terminal } from '../terminal';

const FORMATS = ['json', 'csv', 'table'] as const;
const ENGINES = ['auto', 'pipeline', 'columns'] as const;

interface RunOptions extends ConnectionOptions {
  readonly engine: (typeof ENGINES)[number];
  readonly format: (typeof FORMATS)[number];
  readonly out?: string;
  readonly repeat: number;
  readonly timings?: string;
  readonly columnsDb?: string;
  readonly maxTime?: number;
}

/** Reads an option's positive whole number. */
export function parsePositive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError('Allowed is a whole number from 1 on.');
  }
  return value;
}

/** Answers one report, wherever from. */
type Answer = (report: Report, line: ProgressLine) => Promise<AnyResult>;

interface RunSettings {
  readonly answer: Answer;
  readonly options: RunOptions;
  readonly terminal: Terminal;
}

/** Answers from a database, or from the columns of a folder, which are read once for all reports. */
function answerFrom(
  from: { source?: Source; columns?: ColumnSupply },
  options: RunOptions,
  terminal: Terminal,
): Answer {
  return (report, line) =>
    executeReport({
      ...from,
      report,
      now: terminal.now(),
      signal: terminal.signal,
      engine: options.engine,
      onProgress: (progress) => line.show(describeProgress(progress)),
      ...(options.maxTime === undefined ? {} : { maxTimeMs: options.maxTime * 1_000 }),
    });
}

/** Hands out who answers, for as long as `use` takes. */
async function withAnswer(
  options: RunOptions,
  terminal: Terminal,
  use: (answer: Answer) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (options.store !== undefined) {
    const columns = new FolderSupply(new FolderStore(options.store));
    return use(answerFrom({ columns }, options, terminal)).finally(() => columns.close());
  }
  return withOpenSource(options, terminal, (source) => {
    const columns = new DatabaseSupply(source, {
      columnsDatabase: options.columnsDb,
      cache: openBlockCache(),
    });
    return use(answerFrom({ source, columns }, options, terminal)).finally(() => columns.close());
  });
}

/** Runs one report as often as asked for; the last answer counts, each run is a line of the timings. */
async function runOne(file: string, report: Report, settings: RunSettings): Promise<AnyResult> {
  const { answer, options, terminal } = settings;
  const line = new ProgressLine(terminal);
  let last: AnyResult | undefined;
  try {
    for (let turn = 1; turn <= options.repeat; turn += 1) {
      const result = await answer(report, line);
      last = result;
      if (options.timings !== undefined) {
        const timing = { file, title: report.title, ...result.provenance };
        await appendFile(options.timings, `${JSON.stringify(timing)}\n`);
      }
    }
  } finally {
    line.clear();
  }
  if (!last) throw new WaymarkError('badInput', 'Nothing was run.');
  return last;
}

async function writeResult(sink: ResultSink, result: AnyResult, format: RunOptions['format']): Promise<void> {
  if (format === 'json') await sink.write(`${JSON.stringify(result, null, 2)}\n`);
  else if (format === 'table') await sink.write(drawResult(result));
  else for (const line of resultToCsvLines(result)) await sink.write(line);
}

async function runSingle(item: ReadReport, sink: ResultSink, settings: RunSettings): Promise<ExitCode> {
  if ('error' in item) return 2;
  await writeResult(sink, await runOne(item.file, item.report, settings), settings.options.format);
  return 0;
}

/** Several reports: one compact line each, in their order; a failure stands in its place. */
async function runSeveral(
  items: readonly ReadReport[],
  sink: ResultSink,
  terminal: Terminal,
  settings: RunSettings | undefined,
): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const isTable = settings?.options.format === 'table';
  for (const item of items) {
    try {
      if ('error' in item)
        throw new WaymarkError(item.error.code, item.error.message, pathOf(item.error.path));
      if (!settings) throw new WaymarkError('internal', 'There is no connection.');
      const result = await runOne(item.file, item.report, settings);
      await sink.write(isTable ? `${drawResult(result)}\n` : `${JSON.stringify(result)}\n`);
    } catch (error) {
      const envelope = toEnvelope(error);
      if (envelope.code === 'cancelled') throw error;
      tell(terminal, `waymark: ${item.file}: ${envelope.message}`);
      // What is not the fault of one place in the report is said of the whole.
      const refusal = { error: { ...envelope, path: envelope.path ?? '' } };
      if (!isTable) await sink.write(`${JSON.stringify(refusal)}\n`);
      const code = exitCodeOf(envelope.code);
      if (code > exitCode) exitCode = code;
    }
  }
  return exitCode;
}

const pathOf = (path: string | undefined): { path?: string } => (path === undefined ? {} : { path });

async function run(files: readonly string[], options: RunOptions, terminal: Terminal): Promise<ExitCode> {
  if (files.length > 1 && options.format === 'csv') {
    throw new WaymarkError(
      'badInput',
      'CSV is one table: run one report at a time with --format csv, or several with --format json.',
      { path: 'format' },
    );
  }
  const items = await readReports(files);
  const [first] = items;
  if (items.length === 1 && first && 'error' in first) {
    throw new WaymarkError(first.error.code, first.error.message, pathOf(first.error.path));
  }
  if (options.timings !== undefined) await writeFile(options.timings, '');
  const sink = await openResultSink(options.out, terminal);
  try {
    if (items.every((item) => 'error' in item)) return await runSeveral(items, sink, terminal, undefined);
    return await withAnswer(options, terminal, (answer) => {
      const settings = { answer, options, terminal };
      return items.length === 1 && first
        ? runSingle(first, sink, settings)
        : runSeveral(items, sink, terminal, settings);
    });
  } finally {
    await sink.close();
  }
}

/** `waymark run`: reports in, results out. */
export function addRun(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  withSource(
    program
      .command('run')
      .description('Run reports and print their results')
      .argument('<files...>', 'report files (*.report.json); - reads standard input'),
  )
    .addOption(new Option('--engine <name>', 'who computes').choices(ENGINES).default('auto'))
    .addOption(new Option('--format <name>', 'how the result is written').choices(FORMATS).default('json'))
    .option('--out <file>', 'write the result there instead of standard output')
    .option('--columns-db <name>', 'database that keeps the columns (default: that of the events)')
    .option('--repeat <n>', 'run each report so often', parsePositive, 1)
    .option('--timings <file>', 'write the provenance of each run there, one JSON line each')
    .option('--max-time <seconds>', 'time limit of a run on the server', parsePositive)
    .action(async (files: string[], options: RunOptions) => {
      finish(await run(files, options, terminal));
    });
}
