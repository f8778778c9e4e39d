import { gzip, gunzipSync } from 'node:zlib';
import { promisify } from 'node:util';
import { z } from 'zod';
import { WaymarkError } from '../../../shared/errors';
import type { FolderStore } from './folderStore';
import type { StoredFile } from './manifest';

const gzipAsync = promisify(gzip);

/** Stores texts, one a line, compressed. */
export async function putTexts(
  store: FolderStore,
  kind: string,
  texts: readonly string[],
): Promise<StoredFile> {
  const text = texts.map((line) => `${line}\n`).join('');
  return store.put(kind, 'ndjson.gz', await gzipAsync(text), texts.length);
}

/** Reads what `putTexts` wrote. @throws WaymarkError `badInput` when the file is damaged */
export async function readLines<T>(
  store: FolderStore,
  file: StoredFile,
  parse: (line: string) => T,
): Promise<T[]> {
  const lines = gunzipSync(await store.get(file))
    .toString('utf8')
    .split('\n')
    .slice(0, -1);
  if (lines.length !== file.rows)
    throw new WaymarkError('badInput', `The store’s file ${file.file} is cut off.`);
  return lines.map(parse);
}

const edgeLine = z.tuple([z.string(), z.string()]);

/** An id as one line of a list has it; null where it has gone. Lists are long, so nothing else is asked of it. */
export function parseId(line: string): string | null {
  const id: unknown = JSON.parse(line);
  if (id === null || typeof id === 'string') return id;
  throw new WaymarkError('badInput', 'A list of the store holds something that is no id; build it anew.');
}

/** An alias edge as one line of a list has it. */
export const parseEdge = (line: string): readonly [string, string] => edgeLine.parse(JSON.parse(line));
