import { app, type Session, type WebContents } from 'electron';
import type { Log } from '../diagnostics/log';
import { APP_SCHEME } from './appScheme';

/** Schemes a page may load from at all; everything else is cut off before it reaches the network. */
const LOADABLE = new Set([`${APP_SCHEME}:`, 'data:', 'blob:', 'devtools:', 'chrome-devtools:']);

/** Refuses what a page of this app never needs: leaving, opening, embedding. */
function lockContents(contents: WebContents, log: Log): void {
  const refuse = (what: string) => (event: { preventDefault: () => void }) => {
    event.preventDefault();
    log.write('warning', `Refused: ${what}.`);
  };
  contents.on('will-navigate', refuse('navigation'));
  contents.on('will-redirect', refuse('redirect'));
  contents.on('will-attach-webview', refuse('webview'));
  contents.setWindowOpenHandler(() => {
    log.write('warning', 'Refused: a new window.');
    return { action: 'deny' };
  });
}

/** Holds for every page of the app, whoever makes it. */
export function lockAllContents(log: Log): void {
  app.on('web-contents-created', (_event, contents) => lockContents(contents, log));
}

/** Refuses permissions, devices, downloads and every request to a network, for a whole session. */
export function lockSession(session: Session, log: Log): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    log.write('warning', `Refused: permission ${permission}.`);
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => {
    event.preventDefault();
    log.write('warning', 'Refused: a download.');
  });
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !LOADABLE.has(new URL(details.url).protocol) });
  });
}
