import type { BrowserWindow } from 'electron';
import { WaymarkError } from '../../shared/errors';
import type { WorkspaceStatus } from '../../shared/ipc/connections';
import type { AnalyticsClient } from '../analytics/analyticsClient';
import type { OpenParameters } from '../analytics/protocol';
import { tellWindow } from '../calls/tellWindows';
import type { ConnectionStore } from './connectionStore';

const CLOSED: WorkspaceStatus = {
  state: 'closed',
  connection: null,
  database: null,
  serverVersion: null,
  mapping: null,
  readOnly: false,
};

interface Workspace {
  status: WorkspaceStatus;
  /** Kept to connect again after a crash of the analytics process; holds the secret. */
  parameters?: OpenParameters;
  /** Settles when the connection under way is open or has failed. */
  opening?: Promise<unknown> | undefined;
}

export interface Workspaces {
  status(window: BrowserWindow): WorkspaceStatus;
  open(window: BrowserWindow, id: string, database?: string, signal?: AbortSignal): Promise<WorkspaceStatus>;
  close(window: BrowserWindow): Promise<WorkspaceStatus>;
  /** The name of the window's open workspace in the analytics process; connects again after a crash. */
  require(window: BrowserWindow): Promise<string>;
  /** The connection of a window, or the sentence that there is none. */
  connectionId(window: BrowserWindow): string;
  /** To be told when the analytics process has died: its connections are gone. */
  markAllLost(): void;
}

/** Which connection each window is on; each window has its own, under its own name in the analytics process. */
export function createWorkspaces(options: {
  analytics: AnalyticsClient;
  connections: ConnectionStore;
}): Workspaces {
  const { analytics, connections } = options;
  const workspaces = new Map<number, Workspace>();
  const nameOf = (window: BrowserWindow): string => `window-${window.id}`;

  function of(window: BrowserWindow): Workspace {
    let workspace = workspaces.get(window.id);
    if (!workspace) {
      const { id } = window;
      const name = nameOf(window);
      workspace = { status: CLOSED };
      workspaces.set(id, workspace);
      window.once('closed', () => {
        workspaces.delete(id);
        if (analytics.pid() !== undefined)
          void analytics.call('close', { workspace: name }).catch(() => undefined);
      });
    }
    return workspace;
  }

  function tell(window: BrowserWindow, workspace: Workspace, status: WorkspaceStatus): WorkspaceStatus {
    workspace.status = status;
    tellWindow(window, 'workspace.changed', status);
    return status;
  }

  async function connect(
    window: BrowserWindow,
    workspace: Workspace,
    parameters: OpenParameters,
    signal?: AbortSignal,
  ): Promise<WorkspaceStatus> {
    const before: WorkspaceStatus = { ...workspace.status };
    delete before.message;
    tell(window, workspace, { ...before, state: 'opening' });
    try {
      const opened = await analytics.call(
        'open',
        { workspace: nameOf(window), ...parameters },
        signal ? { signal } : {},
      );
      workspace.parameters = parameters;
      return tell(window, workspace, { ...before, ...opened, state: 'open' });
    } catch (error) {
      const message = error instanceof WaymarkError ? error.message : 'The connection failed.';
      // Lost is what was open before; an attempt that failed leaves the window closed, with the reason.
      const state = workspace.parameters ? 'lost' : 'closed';
      tell(window, workspace, { ...before, state, message });
      throw error;
    }
  }

  return {
    status: (window) => of(window).status,
    async open(window, id, database, signal) {
      const workspace = of(window);
      const connection = await connections.get(id);
      delete workspace.parameters;
      const attempt = { id, name: connection.name, shownAddress: connection.shownAddress };
      const stored = await connections.openParameters(id).catch((error: unknown) => {
        const message = error instanceof WaymarkError ? error.message : 'The connection failed.';
        tell(window, workspace, { ...CLOSED, connection: attempt, message });
        throw error;
      });
      const parameters = database === undefined ? stored : { ...stored, database };
      workspace.status = {
        ...CLOSED,
        connection: attempt,
        database: parameters.database,
        readOnly: connection.readOnly,
      };
      const opening = connect(window, workspace, parameters, signal);
      workspace.opening = opening.catch(() => undefined);
      const status = await opening;
      await connections.markOpened(id, new Date());
      return status;
    },
    async close(window) {
      const workspace = of(window);
      delete workspace.parameters;
      await analytics.call('close', { workspace: nameOf(window) });
      return tell(window, workspace, CLOSED);
    },
    async require(window) {
      const workspace = of(window);
      await workspace.opening;
      const { status, parameters } = workspace;
      if (status.state === 'lost' && parameters) {
        const again = connect(window, workspace, parameters);
        workspace.opening = again.catch(() => undefined);
        await again;
      } else if (status.state !== 'open') {
        throw new WaymarkError(
          'connectionLost',
          status.message ?? 'This window is not connected. Open a connection.',
        );
      }
      return nameOf(window);
    },
    connectionId(window) {
      const { connection } = of(window).status;
      if (connection) return connection.id;
      throw new WaymarkError('connectionLost', 'This window is not connected. Open a connection.');
    },
    markAllLost() {
      for (const workspace of workspaces.values()) {
        if (workspace.status.state === 'open') {
          workspace.status = {
            ...workspace.status,
            state: 'lost',
            message: 'The analytics process was started again; the next run connects anew.',
          };
        }
      }
    },
  };
}
