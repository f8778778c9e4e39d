import { BrowserWindow } from 'electron';
import type { Library } from '../../shared/ipc/library';
import type { HandlersOf } from '../calls/handler';
import { tellWindow } from '../calls/tellWindows';
import type { Services } from '../services';

export function createLibraryHandlers({ library, workspaces }: Services): HandlersOf<'library'> {
  /** Tells the other windows on the same connection. */
  function tellOthers(window: BrowserWindow, connectionId: string, content: Library): Library {
    for (const other of BrowserWindow.getAllWindows()) {
      if (other.id !== window.id && workspaces.status(other).connection?.id === connectionId) {
        tellWindow(other, 'library.changed', content);
      }
    }
    return content;
  }

  return {
    'library.get': (_request, { window }) => library.get(workspaces.connectionId(window)),
    'library.put': async (entry, { window }) => {
      const id = workspaces.connectionId(window);
      return tellOthers(window, id, await library.put(id, entry));
    },
    'library.remove': async ({ shelf, id: itemId }, { window }) => {
      const id = workspaces.connectionId(window);
      return tellOthers(window, id, await library.remove(id, shelf, itemId));
    },
  };
}
