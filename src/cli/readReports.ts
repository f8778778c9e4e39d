import { WaymarkError, type ErrorEnvelope } from '../shared/errors';
import { parseReport, type Report } from '../shared/reports/report';
import { toEnvelope } from './exit';
import { MAX_FILE_BYTES, readSmallFile, tooLarge } from './readSmallFile';

/** A report file that was read: the report, or why it was refused. */
export type ReadReport =
  | { readonly file: string; readonly report: Report }
  | { readonly file: string; readonly error: ErrorEnvelope };

async function readText(file: string): Promise<string> {
  if (file !== '-') return readSmallFile(file, 'badReport');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > MAX_FILE_BYTES) throw tooLarge('-', 'badReport');
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Where a JSON text breaks off, as line and column, when the parser says it. */
function placeOf(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined) return '';
  const before = text.slice(0, Number(position)).split('\n');
  return ` (line ${before.length}, column ${(before[before.length - 1]?.length ?? 0) + 1})`;
}

/**
 * Reads and parses one report file; `-` is standard input.
 * @throws WaymarkError `badInput` when it cannot be read or is no JSON, `badReport` when it is no report
 */
export async function readReport(file: string): Promise<Report> {
  const text = await readText(file);
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    throw new WaymarkError('badReport', `${file} is not JSON${placeOf(text, message)}.`, { cause: error });
  }
  return parseReport(json);
}

/** Reads report files in their order; a refused one does not stop the others. */
export async function readReports(files: readonly string[]): Promise<ReadReport[]> {
  const read: ReadReport[] = [];
  for (const file of files) {
    try {
      read.push({ file, report: await readReport(file) });
    } catch (error) {
      read.push({ file, error: toEnvelope(error) });
    }
  }
  return read;
}
