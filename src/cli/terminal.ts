import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Where a command reads its surroundings from and writes to; tests give their own. */
export interface Terminal {
  /** Results, and nothing else. */
  readonly stdout: Writable;
  /** Progress, warnings, errors. */
  readonly stderr: Writable & { isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** ms since 1970. */
  now(): number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Writes and waits while the reader is slower. */
export async function write(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}

/** One line on standard error. */
export function tell(terminal: Terminal, sentence: string): void {
  terminal.stderr.write(`${sentence}\n`);
}
