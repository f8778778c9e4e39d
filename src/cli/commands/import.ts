import { access, constants } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import type { Db } from 'mongodb';
import { importEvents } from '../../analytics/io/importEvents';
import { openTarget } from '../../analytics/io/target';
import { checkIndexConsent } from '../../analytics/ingest/ensureIndexes';
import { openIngest } from '../../analytics/ingest/ingest';
import { WaymarkError } from '../../shared/errors';
import { addressOf, withAddress, type ConnectionOptions } from '../connection';
import type { ExitCode } from '../exit';
import { showBytes, showCount } from '../output/numbers';
import { ProgressLine } from '../progress';
import { openResultSink } from '../resultSink';
import { tell, write, type Terminal } from '../terminal';

interface ImportOptions extends ConnectionOptions {
  readonly format?: 'ndjson' | 'csv';
  readonly rejected?: string;
  readonly createIndexes?: boolean;
}

/** A file is mostly in the order of time, so few sessions go on at once. */
const REMEMBERED_SESSIONS = 5_000;

/** Reasons shown on standard error; the rest is in the rejected file. */
const SHOWN_REASONS = 5;

/** Indexes are created without asking only where a database holds nothing but Waymark's collections. */
async function requireConsent(db: Db): Promise<void> {
  const { missing, foreign } = await checkIndexConsent(db);
  if (foreign.length === 0 || missing.length === 0) return;
  const others = foreign.slice(0, 5).join(', ') + (foreign.length > 5 ? ' …' : '');
  throw new WaymarkError(
    'badInput',
    `The database "${db.databaseName}" is not Waymark's alone (it also has ${others}), and the import needs ${missing.length} indexes that are missing there: ${missing.join('; ')}. Run again with --create-indexes to create them, or choose another database with --db.`,
    { path: '--create-indexes' },
  );
}

async function runImport(
  files: readonly string[],
  options: ImportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  for (const file of files) await access(file, constants.R_OK);
  const { uri, database } = await addressOf(options, terminal);
  const target = await openTarget({ uri, database, signal: terminal.signal });
  if (options.createIndexes !== true) {
    try {
      await requireConsent(target.db);
    } catch (error) {
      await target.close();
      throw error instanceof WaymarkError ? error : target.explain(error);
    }
  }
  const rejectedFile =
    options.rejected === undefined ? undefined : await openResultSink(options.rejected, terminal);
  const line = new ProgressLine(terminal);
  let shown = 0;
  try {
    const counts = await importEvents({
      files,
      format: options.format,
      ingest: openIngest({ db: target.db, rememberedSessions: REMEMBERED_SESSIONS }),
      now: terminal.now(),
      signal: terminal.signal,
      onProgress: ({ accepted, duplicate, rejected, bytesRead, bytesTotal }) => {
        line.show(
          `${showBytes(bytesRead)} of ${showBytes(bytesTotal)}: ${showCount(accepted)} accepted, ${showCount(duplicate)} duplicate, ${showCount(rejected)} rejected`,
        );
      },
      onRejected: async (record) => {
        if (shown < SHOWN_REASONS) {
          line.clear();
          tell(terminal, `waymark: ${record.file}, line ${record.line}: ${record.reason}`);
        }
        shown += 1;
        await rejectedFile?.write(`${JSON.stringify(record)}\n`);
      },
    });
    line.clear();
    if (shown > SHOWN_REASONS && rejectedFile === undefined) {
      tell(terminal, 'waymark: more lines were rejected; --rejected FILE keeps them with their reasons.');
    }
    await write(terminal.stdout, `${JSON.stringify(counts)}\n`);
    return 0;
  } catch (error) {
    line.clear();
    if (error instanceof WaymarkError || (error instanceof Error && 'syscall' in error && 'path' in error)) {
      throw error;
    }
    throw target.explain(error);
  } finally {
    await rejectedFile?.close();
    await target.close();
  }
}

/** `waymark import`: events from files into the database. */
export function addImport(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  withAddress(
    program
      .command('import')
      .description('Load events from files, by the rules of the collector; prints the counts')
      .argument('<files...>', 'NDJSON or CSV files, also gzip'),
  )
    .addOption(
      new Option('--format <name>', 'of all files (default: by their names)').choices(['ndjson', 'csv']),
    )
    .option('--rejected <file>', 'write refused lines there with their reasons')
    .option('--create-indexes', "create missing indexes though the database is not Waymark's alone")
    .action(async (files: string[], options: ImportOptions) => {
      finish(await runImport(files, options, terminal));
    });
}
