import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildStore } from '../columns/build/buildStore';
import { canScan, runOnColumns } from '../columns/runOnColumns';
import { NotAColumn } from '../columns/scan/fields';
import { FolderStore } from '../columns/store/folderStore';
import { loadStore } from '../columns/store/loadStore';
import { DEFAULT_SESSION_GAP_MS } from '../engine/runReport';
import type { Source } from '../source/source';
import { SourceRun } from '../source/sourceRun';
import type { Voice } from './voices';

/** Properties of the random streams that hold values of one type, so that columns can keep them. */
const DECLARED = [{ name: 'plan', type: 'text' }] as const;

/** Reports that columns answered themselves, by kind. */
export const answeredByColumns = new Map<string, number>();

/**
 * Columns built from what is stored now. What no column holds is left to another voice, as the app does.
 * `now` in ms.
 */
export async function columnsVoice(source: Source, now: number, otherwise: Voice): Promise<Voice> {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-columns-'));
  const store = new FolderStore(folder);
  const run = new SourceRun(source, { comment: 'waymark columns build', maxTimeMs: 60_000 });
  await buildStore({ run, store, declared: DECLARED, now: new Date(now) });
  const loaded = await loadStore(store);
  await rm(folder, { recursive: true });
  return {
    name: 'columns',
    async answer(report) {
      if (!canScan(report.kind)) return otherwise.answer(report);
      try {
        const { data, users } = runOnColumns({
          report,
          store: loaded,
          now,
          sessionGapMs: DEFAULT_SESSION_GAP_MS,
        });
        answeredByColumns.set(report.kind, (answeredByColumns.get(report.kind) ?? 0) + 1);
        return users === undefined ? { data } : { data, users };
      } catch (error) {
        if (error instanceof NotAColumn) return otherwise.answer(report);
        throw error;
      }
    },
  };
}
