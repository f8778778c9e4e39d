import { parse } from 'csv-parse';
import { WaymarkError } from '../../shared/errors';
import { csvEventReader } from './csvEvents';
import { MAX_LINE_BYTES, openFile, splitLines } from './lines';

export type ImportFormat = 'ndjson' | 'csv';

/** One record of an import file: a value to validate, or why there is none. */
export interface FileRecord {
  /** Line in the file, from 1; of a CSV record that spans several lines, the last. */
  readonly line: number;
  /** The record as it stands in the file, for the rejected file; undefined when it is too long. */
  readonly text: string | undefined;
  readonly content:
    { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string };
}

const tooLong = `the line is longer than ${MAX_LINE_BYTES / 1024} kB`;

/** The format a file name tells: `.csv` or `.csv.gz` is CSV, anything else NDJSON. */
export function formatOf(file: string): ImportFormat {
  return /\.csv(\.gz)?$/i.test(file) ? 'csv' : 'ndjson';
}

async function* readNdjson(file: string, onBytes?: (bytes: number) => void): AsyncGenerator<FileRecord> {
  for await (const { number, text } of splitLines(await openFile(file, onBytes))) {
    if (text === undefined) {
      yield { line: number, text, content: { ok: false, reason: tooLong } };
      continue;
    }
    if (text.trim() === '') continue;
    let content: FileRecord['content'];
    try {
      content = { ok: true, value: JSON.parse(text) as unknown };
    } catch {
      content = { ok: false, reason: 'the line is not JSON' };
    }
    yield { line: number, text, content };
  }
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly raw: string;
  readonly info: { readonly lines: number; readonly error?: { readonly message: string } };
}

async function* readCsv(file: string, onBytes?: (bytes: number) => void): AsyncGenerator<FileRecord> {
  const source = await openFile(file, onBytes);
  const parser = parse({
    bom: true,
    info: true,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_BYTES,
  });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let toLine: ((row: readonly string[]) => Record<string, unknown>) | undefined;
  let width = 0;
  try {
    for await (const { record, raw, info } of parser as AsyncIterable<CsvRecord>) {
      if (!toLine) {
        toLine = csvEventReader(record);
        width = record.length;
        continue;
      }
      const text = raw.replace(/\r?\n$/, '');
      yield record.length === width
        ? { line: info.lines, text, content: { ok: true, value: toLine(record) } }
        : {
            line: info.lines,
            text,
            content: { ok: false, reason: `the row has ${record.length} cells, the header ${width}` },
          };
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) {
      const line = 'lines' in error ? Number(error.lines) : 0;
      throw new WaymarkError('badInput', `${file} is not CSV from line ${line} on: ${error.message}.`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    source.destroy();
  }
}

/**
 * The records of a file of events, one at a time; gzip is recognised by content. Holds one record.
 * @throws WaymarkError `badInput` when the file breaks off (cut gzip, a quote that never ends) or its
 * header is not known
 */
export async function* readRecords(
  file: string,
  format: ImportFormat,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<FileRecord> {
  try {
    yield* format === 'csv' ? readCsv(file, onBytes) : readNdjson(file, onBytes);
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      throw new WaymarkError('badInput', `${file} is damaged gzip: ${error.message}.`, { cause: error });
    }
    throw error;
  }
}
