import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Option, type Command } from 'commander';
import { EXPORTS, exportLines, type ExportFormat, type ExportName } from '../../analytics/io/exportRows';
import { withOpenSource, withSource, type ConnectionOptions } from '../connection';
import type { ExitCode } from '../exit';
import { showCount } from '../output/numbers';
import { ProgressLine } from '../progress';
import { tell, write, type Terminal } from '../terminal';

interface ExportOptions extends ConnectionOptions {
  readonly what: ExportName;
  readonly format?: ExportFormat;
  readonly out: string;
}

/** Lines that are put together before they are written. */
const CHUNK_CHARACTERS = 64 * 1024;

async function* inChunks(lines: AsyncIterable<string>, onLine: () => void): AsyncGenerator<string> {
  let chunk = '';
  for await (const line of lines) {
    chunk += line;
    onLine();
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

async function runExport(options: ExportOptions, terminal: Terminal): Promise<ExitCode> {
  const { what, out } = options;
  const format = options.format ?? (/\.csv(\.gz)?$/i.test(out) ? 'csv' : 'ndjson');
  return withOpenSource<ExitCode>(options, terminal, async (source) => {
    const progress = new ProgressLine(terminal);
    let lines = 0;
    const chunks = inChunks(exportLines({ source, what, format, signal: terminal.signal }), () => {
      lines += 1;
      if (lines % 1_000 === 0) progress.show(`${showCount(lines)} ${what}`);
    });
    try {
      if (out === '-') {
        for await (const chunk of chunks) await write(terminal.stdout, chunk);
      } else {
        // A file that is there under its name is whole.
        const partial = `${out}.partial`;
        try {
          const file = createWriteStream(partial);
          if (out.endsWith('.gz')) await pipeline(Readable.from(chunks), createGzip(), file);
          else await pipeline(Readable.from(chunks), file);
          await rename(partial, out);
        } catch (error) {
          await rm(partial, { force: true });
          throw error;
        }
      }
    } finally {
      progress.clear();
    }
    const rows = format === 'csv' ? lines - 1 : lines;
    if (out !== '-') tell(terminal, `${showCount(rows)} ${what} in ${out}`);
    return 0;
  });
}

/** `waymark export`: a collection into a file. */
export function addExport(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  withSource(program.command('export').description('Stream events, users or sessions into a file'))
    .addOption(new Option('--what <name>', 'which of them').choices(EXPORTS).default('events'))
    .addOption(new Option('--format <name>', 'default: by the name of the file').choices(['ndjson', 'csv']))
    .requiredOption('--out <file>', 'where to; .gz packs it; - is standard output')
    .action(async (options: ExportOptions) => {
      finish(await runExport(options, terminal));
    });
}
