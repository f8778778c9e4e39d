import { create } from 'zustand';
import type { AnyResult } from '../../shared/reports/result';
import { client } from '../client/client';
import { useRuns } from './runs';
import { showToast } from './toast';
import { NOTICES } from '../text/notices';

/** An answer that can be compared with another: of this session, or read from a file. */
export interface KeptRun {
  readonly id: string;
  /** File name of one that was read. */
  readonly file: string | null;
  readonly result: AnyResult;
}

/** Answers of this window, newest first. */
export const useKeptRuns = create<{ readonly runs: readonly KeptRun[] }>(() => ({ runs: [] }));

const MAX_KEPT = 60;
let ids = 0;

function keep(result: AnyResult, file: string | null): KeptRun {
  const run = { id: `run-${(ids += 1)}`, file, result };
  useKeptRuns.setState(({ runs }) => ({ runs: [run, ...runs].slice(0, MAX_KEPT) }));
  return run;
}

/** Keeps every answer that a chart shows from now on; lists of users behind a mark are no runs of their own. */
export function keepRuns(): void {
  useRuns.subscribe(({ runs }, { runs: before }) => {
    for (const [slot, { shown }] of Object.entries(runs)) {
      const { answer } = shown;
      if (slot.startsWith('drawer.') || answer === null || answer === before[slot]?.shown.answer) continue;
      keep(answer as AnyResult, null);
    }
  });
}

const problem = (error: unknown): void =>
  showToast(error instanceof Error ? error.message : String(error), { level: 'problem' });

/** Reads a run from a file the person chooses. */
export async function openRunFile(): Promise<KeptRun | null> {
  try {
    const opened = await client.call('runFiles.open');
    return opened && keep(opened.result, opened.name);
  } catch (error) {
    problem(error);
    return null;
  }
}

/** Writes a run to a file the person chooses. */
export async function saveRunFile(result: AnyResult): Promise<void> {
  try {
    const written = await client.call('runFiles.save', { result });
    if (written) showToast(NOTICES.runSavedTo(written.path));
  } catch (error) {
    problem(error);
  }
}
