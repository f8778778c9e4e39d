import type { BrowserWindow } from 'electron';
import { WaymarkError } from '../../shared/errors';
import type { HandlersOf } from '../calls/handler';
import type { Services } from '../services';

/** Columns of the database a window is on; what writes is refused where the connection is read only. */
export function createColumnHandlers({ analytics, workspaces }: Services): HandlersOf<'columns'> {
  async function writable(window: BrowserWindow): Promise<string> {
    const workspace = await workspaces.require(window);
    if (!workspaces.status(window).readOnly) return workspace;
    throw new WaymarkError('noRight', 'This connection is read only. Change that under Connections.');
  }

  return {
    'columns.status': async (_request, { window, signal }) =>
      analytics.call('columnsStatus', { workspace: await workspaces.require(window) }, { signal }),
    'columns.build': async ({ declare }, { window, signal, progress }) =>
      analytics.call(
        'columnsBuild',
        { workspace: await writable(window), declare },
        { signal, onProgress: progress },
      ),
    'columns.verify': async (_request, { window, signal, progress }) =>
      analytics.call(
        'columnsVerify',
        { workspace: await writable(window) },
        { signal, onProgress: progress },
      ),
    'columns.clear': async (_request, { window, signal }) => {
      await analytics.call('columnsClear', { workspace: await writable(window) }, { signal });
      return {};
    },
  };
}
