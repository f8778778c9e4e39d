import { BrowserWindow, nativeTheme } from 'electron';
import { WaymarkError } from '../../shared/errors';
import type { Settings } from '../../shared/ipc/settings';
import type { Log } from '../diagnostics/log';
import { APP_ORIGIN } from '../security/appScheme';
import type { JsonFile } from '../storage/jsonFile';
import { MIN_SIZE, placeWindow, rememberPlace, type WindowState } from './windowState';

const BACKGROUND = { light: '#F6F7F9', dark: '#1C2127' } as const;
const MAX_RELOADS = 3;

export interface Windows {
  /** Opens a window; `prepare` gets it before its page is loaded. */
  open(prepare?: (window: BrowserWindow) => void): Promise<BrowserWindow>;
  /** The window a person works in, or any. */
  current(): BrowserWindow | undefined;
  applyTheme(): void;
  applyZoom(zoom: number): void;
}

/** Makes the app's windows: sandboxed, isolated, without Node, and each remembered where it was. */
export function createWindows(options: {
  preload: string;
  icon: string;
  state: JsonFile<WindowState>;
  settings: JsonFile<Settings>;
  log: Log;
}): Windows {
  const { preload, icon, state, settings, log } = options;
  const background = (): string => (nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light);

  /** A page that crashed is loaded again; its work is with the analytics process and main, so nothing is lost. */
  function reloadAfterCrash(window: BrowserWindow): void {
    let reloads = 0;
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit' || window.isDestroyed()) return;
      log.write('error', `The page of a window stopped: ${reason}.`);
      reloads += 1;
      if (reloads <= MAX_RELOADS) window.webContents.reload();
    });
  }

  return {
    async open(prepare) {
      const [place, { zoom }] = await Promise.all([state.read(), settings.read()]);
      const others = BrowserWindow.getAllWindows().length;
      const { x, y, width, height } = placeWindow(place);
      const window = new BrowserWindow({
        width,
        height,
        ...(x === undefined || y === undefined ? {} : { x: x + others * 24, y: y + others * 24 }),
        minWidth: MIN_SIZE.width,
        minHeight: MIN_SIZE.height,
        title: 'Waymark',
        icon,
        show: false,
        backgroundColor: background(),
        webPreferences: {
          preload,
          sandbox: true,
          contextIsolation: true,
          nodeIntegration: false,
          webviewTag: false,
          navigateOnDragDrop: false,
          // Dictionaries would be downloaded.
          spellcheck: false,
          zoomFactor: zoom,
        },
      });
      if (place.isMaximized && others === 0) window.maximize();
      window.once('ready-to-show', () => window.show());
      // Titles of reports and addresses of databases stay out of the title bar and the window list.
      window.on('page-title-updated', (event) => event.preventDefault());
      prepare?.(window);
      rememberPlace(window, state);
      reloadAfterCrash(window);
      let isClosed = false;
      window.once('close', () => (isClosed = true));
      try {
        await window.loadURL(`${APP_ORIGIN}/index.html`);
      } catch (error) {
        // A person who closes a window while it loads has what they want.
        if (!isClosed)
          throw new WaymarkError('internal', 'The window could not be loaded.', { cause: error });
      }
      return window;
    },
    current: () => BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0],
    applyTheme() {
      for (const window of BrowserWindow.getAllWindows()) window.setBackgroundColor(background());
    },
    applyZoom(zoom) {
      for (const window of BrowserWindow.getAllWindows()) window.webContents.setZoomFactor(zoom);
    },
  };
}
