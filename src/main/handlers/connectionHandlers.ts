import { dialog } from 'electron';
import { WaymarkError } from '../../shared/errors';
import type { HandlersOf } from '../calls/handler';
import type { Services } from '../services';

const TITLES = {
  certificateAuthority: 'Choose the certificate authority',
  clientCertificate: 'Choose the client certificate and key',
} as const;

export function createConnectionHandlers(
  services: Services,
): HandlersOf<'connections'> & HandlersOf<'workspace'> {
  const { analytics, connections, workspaces } = services;
  return {
    'connections.list': () => connections.list(),
    'connections.add': ({ draft, secret }) => connections.add(draft, secret),
    'connections.update': ({ id, draft, secret }) => connections.update(id, draft, secret),
    'connections.duplicate': ({ id }) => connections.duplicate(id),
    'connections.remove': async ({ id }) => {
      await connections.remove(id);
      return {};
    },
    'connections.restore': ({ id }) => connections.restore(id),
    'connections.test': async ({ id, draft, secret }, { signal }) => {
      if (!draft && id === undefined) {
        throw new WaymarkError('badInput', 'A test needs a connection.', { path: 'draft' });
      }
      const parameters = draft
        ? await connections.draftParameters(draft, secret, id)
        : await connections.openParameters(id ?? '');
      return analytics.call('test', parameters, { signal });
    },
    'connections.setMapping': ({ id, mapping }) => connections.setMapping(id, mapping),
    'connections.chooseFile': async ({ purpose }, { window }) => {
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        title: TITLES[purpose],
        filters: [
          { name: 'Certificates', extensions: ['pem', 'crt', 'cer', 'key'] },
          { name: 'All files', extensions: ['*'] },
        ],
        properties: ['openFile'],
      });
      const file = filePaths[0];
      return canceled || file === undefined ? null : { path: file };
    },
    'workspace.open': ({ id, database }, { window, signal }) => workspaces.open(window, id, database, signal),
    'workspace.close': (_request, { window }) => workspaces.close(window),
    'workspace.status': (_request, { window }) => workspaces.status(window),
  };
}
