import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { once } from 'node:events';
import { write, type Terminal } from './terminal';

/** Where results go: standard output, or a file. */
export interface ResultSink {
  write(text: string): Promise<void>;
  /** Resolves when everything is on its way to the disk. */
  close(): Promise<void>;
}

/**
 * Opens the place for results.
 * @param file undefined or `-`: standard output
 */
export async function openResultSink(file: string | undefined, terminal: Terminal): Promise<ResultSink> {
  if (file === undefined || file === '-') {
    return { write: (text) => write(terminal.stdout, text), close: () => Promise.resolve() };
  }
  const stream = createWriteStream(file);
  await once(stream, 'open');
  return {
    write: (text) => write(stream, text),
    close: async () => {
      stream.end();
      await finished(stream);
    },
  };
}
