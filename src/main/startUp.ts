import type { BrowserWindow } from 'electron';
import { WaymarkError } from '../shared/errors';
import type { OpenedReport } from '../shared/ipc/reportFiles';
import { tellWindow } from './calls/tellWindows';
import type { CommandLine } from './commandLine';
import type { ConnectionStore } from './connections/connectionStore';
import type { Workspaces } from './connections/workspaces';
import type { ReportFiles } from './files/reportFiles';
import type { Windows } from './windows/windows';

export interface StartUp {
  /** Opens a window for a command line: connected, with its report, when it names them. */
  openWindow(commandLine: CommandLine): Promise<BrowserWindow>;
  /** Opens a window on the same connection as another. */
  openBeside(window: BrowserWindow): Promise<BrowserWindow>;
  /**
   * What a second start of the app asks of the first: with an address a window of its own, with a report file alone
   * the file in the current window, with nothing the current window in front.
   */
  takeOver(commandLine: CommandLine): Promise<void>;
  /** Shows a report file in the current window, or in a new one. */
  showReport(file: string): Promise<void>;
  /** Keeps a sentence for the windows: told at once, or with `app.info` when none is open yet. */
  notify(text: string): void;
  /** The report a window was opened with; given once. */
  takeReport(window: BrowserWindow): OpenedReport | null;
  /** The sentences kept so far; given once. */
  takeNotices(): string[];
}

const sentenceOf = (error: unknown): string =>
  error instanceof WaymarkError ? error.message : 'The report could not be opened.';

/** How windows come into being: by the command line, a second start, a file of the system, or a person. */
export function createStartUp(options: {
  windows: Windows;
  connections: ConnectionStore;
  workspaces: Workspaces;
  reportFiles: ReportFiles;
}): StartUp {
  const { windows, connections, workspaces, reportFiles } = options;
  const reports = new Map<number, OpenedReport>();
  let notices: string[] = [];

  /** A failure to connect is the window's to show: it is in the workspace's status. */
  const connect = (window: BrowserWindow, id: string): void =>
    void workspaces.open(window, id).catch(() => undefined);

  function notify(text: string): void {
    const window = windows.current();
    if (window && !window.webContents.isLoading()) tellWindow(window, 'notice', { level: 'warning', text });
    else notices.push(text);
  }

  async function readReport(file: string): Promise<OpenedReport | undefined> {
    try {
      return await reportFiles.open(file);
    } catch (error) {
      notify(sentenceOf(error));
      return undefined;
    }
  }

  async function openWindow({ uri, database, report }: CommandLine): Promise<BrowserWindow> {
    const opened = report === undefined ? undefined : await readReport(report);
    let connectionId: string | undefined;
    if (uri !== undefined) {
      try {
        connectionId = (await connections.addFromCommandLine(uri, database)).id;
      } catch (error) {
        notify(sentenceOf(error));
      }
    }
    return windows.open((window) => {
      if (opened) reports.set(window.id, opened);
      if (connectionId !== undefined) connect(window, connectionId);
    });
  }

  async function showReport(file: string): Promise<void> {
    const opened = await readReport(file);
    const window = windows.current();
    if (!opened) return;
    if (window) tellWindow(window, 'report.opened', opened);
    else await windows.open((made) => reports.set(made.id, opened));
  }

  return {
    notify,
    openWindow,
    showReport,
    async takeOver(commandLine) {
      const window = windows.current();
      if (!window || commandLine.uri !== undefined) {
        await openWindow(commandLine);
        return;
      }
      if (window.isMinimized()) window.restore();
      window.focus();
      if (commandLine.report !== undefined) await showReport(commandLine.report);
    },
    openBeside(window) {
      const { connection } = workspaces.status(window);
      return windows.open((beside) => {
        if (connection) connect(beside, connection.id);
      });
    },
    takeReport(window) {
      const report = reports.get(window.id) ?? null;
      reports.delete(window.id);
      return report;
    },
    takeNotices() {
      const taken = notices;
      notices = [];
      return taken;
    },
  };
}
