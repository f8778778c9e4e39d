import { app, nativeTheme, shell } from 'electron';
import type { HandlersOf } from '../calls/handler';
import { copyText } from '../files/clipboard';
import { checkExternalLink } from '../security/externalLinks';
import type { Services } from '../services';

export function createAppHandlers(services: Services): HandlersOf<'app'> & HandlersOf<'window'> {
  const { diagnostics, startUp, updates } = services;
  return {
    'app.info': (_request, { window }) => ({
      version: app.getVersion(),
      electron: process.versions.electron ?? '',
      platform: process.platform,
      locale: app.getLocale() || 'en',
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      dark: nativeTheme.shouldUseDarkColors,
      openedReport: startUp.takeReport(window),
      notices: startUp.takeNotices(),
    }),
    'app.copyDiagnostics': async () => {
      const text = await diagnostics.collect();
      await copyText(text);
      return { text };
    },
    'app.checkForUpdates': () => updates.check(),
    'app.openExternal': async ({ url }) => {
      await shell.openExternal(checkExternalLink(url));
      return {};
    },
    'window.open': async (_request, { window }) => {
      await startUp.openBeside(window);
      return {};
    },
  };
}
