import { existsSync } from 'node:fs';
import path from 'node:path';
import { CommanderError } from 'commander';
import { WaymarkError, type ErrorCode, type ErrorEnvelope } from '../shared/errors';

/** 0 done, 1 failed while running, 2 bad input. */
export type ExitCode = 0 | 1 | 2;

const BAD_INPUT: readonly ErrorCode[] = ['badReport', 'badMapping', 'badInput'];

export function exitCodeOf(code: ErrorCode): ExitCode {
  return BAD_INPUT.includes(code) ? 2 : 1;
}

/** Any failure as an envelope; one that is no WaymarkError is a fault of Waymark itself. */
export function toEnvelope(error: unknown): ErrorEnvelope {
  if (error instanceof WaymarkError) return error.toEnvelope();
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    const file = 'path' in error && typeof error.path === 'string' ? error.path : '';
    const place = file === '' ? '' : ` ${file}`;
    const folder = path.dirname(file);
    const known: Record<string, string> = {
      ENOENT: existsSync(folder) ? `There is no file${place}.` : `There is no folder ${folder}.`,
      EACCES: `The file${place} may not be read or written by this user.`,
      EISDIR: `${place.trim() || 'The path'} is a folder; a file is needed.`,
      ENOSPC: 'The disk is full.',
    };
    const message = known[error.code];
    if (message) return { code: error.code === 'ENOSPC' ? 'internal' : 'badInput', message };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message: `Something went wrong inside Waymark: ${message}` };
}

/** What a failed command ends with, and the sentence for standard error (none when it was said already). */
export function failureOf(error: unknown): { exitCode: ExitCode; sentence?: string } {
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : 2 };
  const { code, message } = toEnvelope(error);
  return { exitCode: exitCodeOf(code), sentence: message };
}
