import { client } from './client/client';
import { loadLibrary } from './state/library';
import { keepRuns } from './state/keptRuns';
import { forgetRuns, refreshAll } from './state/runs';
import { showOpened } from './state/openReport';
import { loadSettings, useSettings } from './state/settings';
import { showToast } from './state/toast';
import { loadWorkspace, useWorkspace, workspaceKey } from './state/workspace';

/** Reads what the window needs before it can be drawn, and follows what changes elsewhere. */
export async function startApp(): Promise<void> {
  keepRuns();
  client.on('notice', ({ level, text }) => showToast(text, { level }));
  useWorkspace.subscribe((state, before) => {
    const key = workspaceKey(state);
    if (key === workspaceKey(before)) return;
    forgetRuns();
    if (key !== '') void loadLibrary();
  });
  useSettings.subscribe(({ settings }, { settings: before }) => {
    // Both change figures or how they are got, without being part of a report.
    if (settings.sessionGapMinutes !== before.sessionGapMinutes || settings.engine !== before.engine)
      refreshAll();
  });
  const [info] = await Promise.all([loadSettings(), loadWorkspace()]);
  client.on('report.opened', showOpened);
  if (info.openedReport) showOpened(info.openedReport);
  for (const text of info.notices) showToast(text, { level: 'warning' });
}
