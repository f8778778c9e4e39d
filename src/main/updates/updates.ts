import { existsSync } from 'node:fs';
import path from 'node:path';
import { app } from 'electron';
import type { UpdateOutcome } from '../../shared/ipc/updates';
import type { Log } from '../diagnostics/log';

export interface Updates {
  /** Looks for a newer version when this build has a feed; one that is there is fetched and installed at the end. */
  check(): Promise<UpdateOutcome>;
}

/** Where electron-builder writes the feed of a release; builds from a checkout have none. */
const FEED_FILE = 'app-update.yml';

/**
 * Updates from the feed of a packaged release, when a person asks for them. In development, and in builds without a
 * feed, the updater is not even loaded.
 * @param onReady told the version that will be installed when the app ends
 */
export function createUpdates(options: { log: Log; onReady: (version: string) => void }): Updates {
  const { log, onReady } = options;

  async function loadUpdater() {
    const { autoUpdater } = await import('electron-updater');
    autoUpdater.autoDownload = true;
    autoUpdater.autoInstallOnAppQuit = true;
    autoUpdater.logger = {
      info: (text: unknown) => log.write('info', `updates: ${String(text)}`),
      warn: (text: unknown) => log.write('warning', `updates: ${String(text)}`),
      error: (text: unknown) => log.write('error', `updates: ${String(text)}`),
    };
    autoUpdater.on('update-downloaded', ({ version }) => onReady(version));
    // Each failure is answered where it happens; without a listener it would count as uncaught.
    autoUpdater.on('error', () => undefined);
    return autoUpdater;
  }
  let updater: ReturnType<typeof loadUpdater> | undefined;

  return {
    async check() {
      const version = app.getVersion();
      if (!app.isPackaged) return { state: 'off', text: 'Updates are off in development.' };
      if (!existsSync(path.join(process.resourcesPath, FEED_FILE))) {
        return { state: 'off', text: `This build of Waymark ${version} has no update feed.` };
      }
      try {
        updater ??= loadUpdater();
        const found = await (await updater).checkForUpdates();
        if (!found) return { state: 'off', text: 'This kind of installation is updated by other means.' };
        const { version: newest } = found.updateInfo;
        if (newest === version)
          return { state: 'current', text: `Waymark ${version} is the newest version.` };
        found.downloadPromise?.catch((error: unknown) => log.write('error', `updates: ${String(error)}`));
        return { state: 'available', text: `Waymark ${newest} is there. It is installed when you quit.` };
      } catch (error) {
        log.write('warning', `updates: ${String(error)}`);
        return { state: 'failed', text: 'The update feed could not be read. Try again later.' };
      }
    },
  };
}
