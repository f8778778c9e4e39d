import { appendFileSync, existsSync, mkdirSync, renameSync, statSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Redactor } from './redact';

const MAX_BYTES = 1024 * 1024;
const KEPT_FILES = 3;
const MAX_LINE = 20_000;

export type LogLevel = 'info' | 'warning' | 'error';

export interface Log {
  write(level: LogLevel, text: string): void;
  /** The newest lines, oldest first. */
  tail(lines: number): string[];
  readonly file: string;
}

/**
 * A log in one folder: one line per entry, redacted, rotated at 1 MB with three files kept. Lines are
 * written at once, so that the last one before a crash is there.
 */
export function openLog(folder: string, redactor: Redactor): Log {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'waymark.log');
  const older = (index: number): string => path.join(folder, `waymark.${index}.log`);

  function rotate(): void {
    if (!existsSync(file) || statSync(file).size < MAX_BYTES) return;
    for (let index = KEPT_FILES - 1; index >= 1; index -= 1) {
      const source = index === 1 ? file : older(index - 1);
      if (existsSync(source)) renameSync(source, older(index));
    }
  }

  return {
    file,
    write(level, text) {
      const line = redactor.redact(text.slice(0, MAX_LINE)).replace(/\r?\n/g, '\\n');
      try {
        rotate();
        appendFileSync(file, `${new Date().toISOString()} ${level} ${line}\n`, { mode: 0o600 });
      } catch {
        // A full disk must not take the app down with it, and there is nowhere left to tell.
      }
    },
    tail(lines) {
      if (!existsSync(file)) return [];
      return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines);
    },
  };
}
