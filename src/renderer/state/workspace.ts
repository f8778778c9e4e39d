import { create } from 'zustand';
import type { ConnectionList, WorkspaceStatus } from '../../shared/ipc/connections';
import { client } from '../client/client';

interface WorkspaceState {
  readonly status: WorkspaceStatus;
  readonly list: ConnectionList;
  readonly loaded: boolean;
}

const CLOSED: WorkspaceStatus = {
  state: 'closed',
  connection: null,
  database: null,
  serverVersion: null,
  mapping: null,
  readOnly: false,
};

/** What this window is connected to, and the connections it could open. */
export const useWorkspace = create<WorkspaceState>(() => ({
  status: CLOSED,
  list: { connections: [], keychain: { available: true } },
  loaded: false,
}));

/** Reads the state of the connection and follows it. */
export async function loadWorkspace(): Promise<void> {
  client.on('workspace.changed', (status) => useWorkspace.setState({ status }));
  client.on('connections.changed', (list) => useWorkspace.setState({ list }));
  const [status, list] = await Promise.all([
    client.call('workspace.status'),
    client.call('connections.list'),
  ]);
  useWorkspace.setState({ status, list, loaded: true });
}

/** Names the data that answers come from: another connection means other answers. */
export const workspaceKey = ({ status }: WorkspaceState): string =>
  status.state === 'open' ? `${status.connection?.id ?? ''}/${status.database ?? ''}` : '';

/** Names the data that is followed, also while its connection is lost and made again. */
export const watchedKey = ({ status }: WorkspaceState): string =>
  status.state === 'closed' ? '' : `${status.connection?.id ?? ''}/${status.database ?? ''}`;

/** Whether this window shows the sample shop, which is no database. */
export const useIsSample = (): boolean =>
  useWorkspace(({ status, list }) =>
    list.connections.some(({ id, kind }) => kind === 'sample' && id === status.connection?.id),
  );

const failed = (error: unknown): void =>
  useWorkspace.setState(({ status }) => ({
    status: {
      ...status,
      state: 'closed',
      message: error instanceof Error ? error.message : String(error),
    },
  }));

/** Connects this window; a failure is told in `status.message`. */
export async function openWorkspace(id: string, database?: string): Promise<boolean> {
  useWorkspace.setState(({ status }) => ({ status: { ...status, state: 'opening' } }));
  try {
    const status = await client.call('workspace.open', {
      id,
      ...(database === undefined ? {} : { database }),
    });
    useWorkspace.setState({ status });
    return status.state === 'open';
  } catch (error) {
    failed(error);
    return false;
  }
}
