import { setTimeout as pause } from 'node:timers/promises';
import { StoreFollower, type FollowedStep } from '../../analytics/columns/build/followStore';
import type { FolderStore } from '../../analytics/columns/store/folderStore';
import type { Source } from '../../analytics/source/source';
import { withOpenSource, type ConnectionOptions } from '../connection';
import { failureOf } from '../exit';
import { describeProgress, ProgressLine } from '../progress';
import { tell, type Terminal } from '../terminal';

/** Between two looks at the cluster's log; longer after long steps, so that following leaves most of a processor. */
const LEAST_PAUSE_MS = 1_000;
const PAUSE_BY_WORK = 3;
const MOST_PAUSE_MS = 60_000;

const describeStep = ({ manifest, changes, days }: FollowedStep): string => {
  const counts = `${manifest.blocks.length} blocks`;
  if (days === null) return `Built at ${manifest.builtAt}: ${counts}.`;
  return `${changes} changes, ${days} ${days === 1 ? 'day' : 'days'} built at ${manifest.builtAt}: ${counts}.`;
};

/**
 * Builds a folder and keeps it up with the events until the terminal is stopped. What fails is tried again, once the
 * folder has been built.
 */
export async function watchFolder(
  store: FolderStore,
  options: ConnectionOptions,
  terminal: Terminal,
): Promise<void> {
  const lock = await store.lock();
  try {
    await withOpenSource(options, terminal, (source) => follow(source, { store, lock }, terminal));
  } finally {
    await lock.release();
  }
}

async function follow(
  source: Source,
  folder: Pick<ConstructorParameters<typeof StoreFollower>[0], 'store' | 'lock'>,
  terminal: Terminal,
): Promise<void> {
  const { signal } = terminal;
  const line = new ProgressLine(terminal);
  const onProgress = (done: number): void => line.show(describeProgress({ phase: 'events', done }));
  const follower = new StoreFollower({ ...folder, source, signal, onProgress });
  const report = (step: FollowedStep | null): void => {
    line.clear();
    if (step) tell(terminal, describeStep(step));
  };
  report(await follower.step().finally(() => line.clear()));
  tell(terminal, 'Watching; stop with Ctrl-C.');
  let pauseMs = LEAST_PAUSE_MS;
  for (;;) {
    await pause(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const startedAt = Date.now();
    try {
      report(await follower.step());
    } catch (error) {
      line.clear();
      if (signal.aborted) return;
      await folder.lock.assertHeld();
      tell(terminal, `waymark: ${failureOf(error).sentence ?? 'The step failed.'} Trying again.`);
    }
    const tookMs = Date.now() - startedAt;
    pauseMs = Math.min(MOST_PAUSE_MS, Math.max(LEAST_PAUSE_MS, PAUSE_BY_WORK * tookMs));
  }
}
