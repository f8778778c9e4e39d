import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WaymarkError } from '../../shared/errors';
import { buildStore } from '../columns/build/buildStore';
import { FolderStore } from '../columns/store/folderStore';
import { FolderSupply } from '../columns/store/folderSupply';
import { executeReport } from '../execute/executeReport';
import type { Source } from '../source/source';
import { SourceRun } from '../source/sourceRun';
import { pagedVoice, type Voice } from './voices';

/** Properties of the random streams that hold values of one type, so that columns can keep them. */
const DECLARED = [{ name: 'plan', type: 'text' }] as const;

/** Reports that columns answered themselves, by kind. */
export const answeredByColumns = new Map<string, number>();

let folder: Promise<string> | undefined;

/** One folder for all streams of a process. */
function storeFolder(): Promise<string> {
  return (folder ??= mkdtemp(path.join(tmpdir(), 'waymark-columns-')));
}

/**
 * Columns built from what is stored now. What no column holds is left to another voice, as the app does.
 * `now` in ms.
 */
export async function columnsVoice(source: Source, now: number, otherwise: Voice): Promise<Voice> {
  const store = new FolderStore(await storeFolder());
  const run = new SourceRun(source, { comment: 'waymark columns build', maxTimeMs: 60_000 });
  await buildStore({ run, store, declared: DECLARED, now: new Date(now) });
  const columns = new FolderSupply(store);
  const voice = pagedVoice('columns', (report) => executeReport({ report, columns, now, engine: 'columns' }));
  return {
    name: 'columns',
    async answer(report) {
      try {
        const answer = await voice.answer(report);
        answeredByColumns.set(report.kind, (answeredByColumns.get(report.kind) ?? 0) + 1);
        return answer;
      } catch (error) {
        if (error instanceof WaymarkError && error.code === 'badInput') return otherwise.answer(report);
        throw error;
      }
    },
  };
}
