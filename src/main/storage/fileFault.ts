import path from 'node:path';
import { WaymarkError } from '../../shared/errors';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is no longer there',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EROFS: 'the disk is read-only',
};

/** What a system said of a file, as a sentence that names the file without its folder. */
export function fileFault(what: 'read' | 'written', file: string, error: unknown): WaymarkError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const missingFolder = code === 'ENOENT' && what === 'written' ? 'its folder is not there' : undefined;
  const reason = missingFolder ?? REASONS[code] ?? (code || 'unknown reason');
  return new WaymarkError('badInput', `${path.basename(file)} could not be ${what}: ${reason}.`, {
    path: 'path',
    cause: error,
  });
}
