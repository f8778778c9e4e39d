import { client } from './client/client';
import { loadLibrary } from './state/library';
import { forgetRuns } from './state/runs';
import { loadSettings } from './state/settings';
import { showToast } from './state/toast';
import { loadWorkspace, useWorkspace, workspaceKey } from './state/workspace';

/** Reads what the window needs before it can be drawn, and follows what changes elsewhere. */
export async function startApp(): Promise<void> {
  client.on('notice', ({ level, text }) => showToast(text, { level }));
  useWorkspace.subscribe((state, before) => {
    const key = workspaceKey(state);
    if (key === workspaceKey(before)) return;
    forgetRuns();
    if (key !== '') void loadLibrary();
  });
  const [info] = await Promise.all([loadSettings(), loadWorkspace()]);
  for (const text of info.notices) showToast(text, { level: 'warning' });
}
