import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createHash } from 'node:crypto';
import { BSON } from 'mongodb';
import type { Verdict } from './judge';
import type { Case } from './minimize';

/** The environment variable that names a folder whose case is judged again. */
export const RERUN_VARIABLE = 'WAYMARK_DIFFERENTIAL_CASE';

/**
 * Writes a case as files (the report, the stream as Extended JSON, what differs) into the system's folder for
 * temporary files. Returns the folder and the command that judges it again.
 */
export function writeCase(found: Case, verdict: Verdict): { folder: string; command: string } {
  const report = JSON.stringify(found.file, null, 2);
  const stream = BSON.EJSON.stringify(found.stream, undefined, 2, { relaxed: true });
  const name = createHash('sha256').update(report).update(stream).digest('hex').slice(0, 12);
  const folder = path.join(tmpdir(), 'waymark-differential', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'report.json'), report);
  writeFileSync(path.join(folder, 'stream.json'), stream);
  writeFileSync(path.join(folder, 'verdict.json'), JSON.stringify(verdict, null, 2));
  const test = 'src/analytics/differential/differential.int.test.ts';
  return { folder, command: `${RERUN_VARIABLE}=${folder} npx vitest run --project integration ${test}` };
}

/** Reads a case that was written by `writeCase`. */
export function readCase(folder: string): Case {
  return {
    file: JSON.parse(readFileSync(path.join(folder, 'report.json'), 'utf8')) as Case['file'],
    stream: BSON.EJSON.parse(
      readFileSync(path.join(folder, 'stream.json'), 'utf8'),
    ) as unknown as Case['stream'],
  };
}
