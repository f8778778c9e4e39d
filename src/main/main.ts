/** The app's start, in order. What each step does is in the file it is named after. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { app, crashReporter, dialog, session } from 'electron';
import type * as keytar from 'keytar';
import { connectionsFileSchema, CONNECTIONS_FILE } from '../shared/connections/connectionsFile';
import { settingsSchema } from '../shared/ipc/settings';
import { createAnalyticsClient } from './analytics/analyticsClient';
import { serveCalls } from './calls/serveCalls';
import { tellAllWindows } from './calls/tellWindows';
import { readCommandLine, type CommandLine } from './commandLine';
import { createConnectionStore } from './connections/connectionStore';
import { createSecretStore } from './connections/secretStore';
import { createWorkspaces } from './connections/workspaces';
import { createDiagnostics } from './diagnostics/diagnostics';
import { openLog } from './diagnostics/log';
import { createRedactor } from './diagnostics/redact';
import { copyText } from './files/clipboard';
import { createReportFiles, recentReportsSchema } from './files/reportFiles';
import { createHandlers } from './handlers/handlers';
import { answerFromFolder, registerAppScheme, serveScheme } from './security/appScheme';
import { lockAllContents, lockSession } from './security/lockDown';
import { runSmoke } from './smoke';
import { beginSmokeRun } from './smokeRun';
import { createStartUp, type StartUp } from './startUp';
import { openJsonFile, settleWrites } from './storage/jsonFile';
import { createLibraryStore } from './storage/libraryStore';
import { createSettingsStore } from './storage/settingsStore';
import { createUpdates } from './updates/updates';
import { setUpMenu } from './windows/menu';
import { applyTheme, followTheme } from './windows/theme';
import { createWindows } from './windows/windows';
import { windowStateSchema } from './windows/windowState';

const ZOOM_STEP = 0.1;

app.setName('Waymark');
const commandLine = readCommandLine(process.argv.slice(1), process.env, process.cwd());
if (commandLine.userDataDir !== undefined) app.setPath('userData', path.resolve(commandLine.userDataDir));
crashReporter.start({ uploadToServer: false });
registerAppScheme();

const smokeRun = commandLine.smoke === undefined ? undefined : beginSmokeRun(commandLine.smoke);

if (app.requestSingleInstanceLock(commandLine)) start().catch(failStart);
else if (smokeRun) smokeRun.end(['Another Waymark is at work in this data folder.']);
else app.quit();

/** An app that cannot start says so and ends; without a window nobody could end it. */
function failStart(error: unknown): void {
  const sentence = error instanceof Error ? error.message : String(error);
  if (smokeRun) smokeRun.end([sentence]);
  else dialog.showErrorBox('Waymark could not start', createRedactor().redact(sentence));
  app.exit(1);
}

async function start(): Promise<void> {
  const userData = app.getPath('userData');
  const redactor = createRedactor();
  const log = openLog(path.join(userData, 'logs'), redactor);
  logFaults(log.write);
  lockAllContents(log);

  smokeRun?.begin('waiting for the system');
  await app.whenReady();
  lockSession(session.defaultSession, log);
  serveScheme(session.defaultSession, (address) =>
    answerFromFolder(path.join(__dirname, '../renderer'), address),
  );

  const notify = (text: string): void => startUp.notify(text);
  const onCorrupt = (file: string, movedTo: string): void =>
    notify(
      `${path.basename(file)} could not be read and was set aside as ${path.basename(movedTo)}; its defaults are in force.`,
    );
  const openFile = <T>(
    name: string,
    schema: Parameters<typeof openJsonFile<T>>[0]['schema'],
    initial: unknown,
  ) => openJsonFile({ file: path.join(userData, name), schema, initial, onCorrupt });

  const settingsFile = openFile('settings.json', settingsSchema, {});
  const settings = createSettingsStore(settingsFile, (changed) => {
    applyTheme(changed.theme);
    windows.applyZoom(changed.zoom);
    tellAllWindows('settings.changed', changed);
  });
  const windows = createWindows({
    preload: path.join(__dirname, '../preload/preload.cjs'),
    icon: path.join(app.getAppPath(), 'resources/icon.png'),
    state: openFile('window.json', windowStateSchema, { bounds: null }),
    settings: settingsFile,
    log,
  });
  const secrets = createSecretStore({
    // Not `import()`: before Electron 28 it can't read from the packaged archive.
    loadKeytar: () => Promise.resolve(createRequire(__filename)('keytar') as typeof keytar),
    redactor,
    onProblem: (text) => log.write('warning', text),
  });
  const connections = createConnectionStore({
    file: openFile(CONNECTIONS_FILE, connectionsFileSchema, { version: 1, connections: [] }),
    secrets,
    onChange: (list) => tellAllWindows('connections.changed', list),
  });
  const analytics = createAnalyticsClient({
    script: path.join(__dirname, 'analyticsProcess.cjs'),
    log,
    onCrash: () => workspaces.markAllLost(),
  });
  const workspaces = createWorkspaces({ analytics, connections });
  const reportFiles = createReportFiles(openFile('recent.json', recentReportsSchema, { reports: [] }));
  const library = createLibraryStore(path.join(userData, 'library'), onCorrupt);
  const startUp: StartUp = createStartUp({ windows, connections, workspaces, reportFiles });
  const diagnostics = createDiagnostics({
    appVersion: app.getVersion(),
    log,
    redactor,
    settings: settings.get,
    keychain: secrets.availability,
  });

  const updates = createUpdates({
    log,
    onReady: (version) => notify(`Waymark ${version} has been fetched and is installed when you quit.`),
  });

  serveCalls({
    handlers: createHandlers({
      analytics,
      connections,
      diagnostics,
      library,
      log,
      reportFiles,
      settings,
      startUp,
      updates,
      windows,
      workspaces,
    }),
    log,
    redactor,
  });
  followTheme((await settings.get()).theme, windows);
  setUpMenu({
    windows,
    checkForUpdates: () => void updates.check().then(({ text }) => startUp.notify(text)),
    copyDiagnostics: () => void diagnostics.collect().then(copyText),
    changeZoom: (step) =>
      void settings.get().then(({ zoom }) => {
        const next = step === 'reset' ? 1 : zoom + (step === 'in' ? ZOOM_STEP : -ZOOM_STEP);
        return settings.set({ zoom: Math.min(3, Math.max(0.5, Math.round(next * 10) / 10)) });
      }),
  });

  app.on('second-instance', (_event, _argv, _folder, theirs) => void startUp.takeOver(theirs as CommandLine));
  app.on('open-file', (event, file) => {
    event.preventDefault();
    void startUp.showReport(file);
  });
  app.on('activate', () => {
    if (!windows.current()) void startUp.openWindow({});
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  quitAfter(async () => {
    // What the keychain answers may be written to a file still.
    await secrets.settle();
    await settleWrites();
  });
  app.on('quit', () => analytics.stop());

  log.write('info', `Waymark ${app.getVersion()} started on Electron ${process.versions.electron ?? '?'}.`);
  smokeRun?.begin('opening the window');
  const window = await startUp.openWindow(commandLine);
  if (smokeRun && commandLine.smoke !== undefined) {
    const { report } = commandLine;
    await runSmoke({
      run: smokeRun,
      window,
      folder: commandLine.smoke,
      report: report === undefined ? undefined : (await reportFiles.open(report)).report,
      startedAt: process.getCreationTime() ?? Number.NaN,
      findFailure: () => {
        const { state, message } = workspaces.status(window);
        const isClosed = state === 'closed' || state === 'lost';
        return isClosed ? (message ?? 'This window is not connected.') : undefined;
      },
    });
  }
}

/** Holds the end of the app, once all windows are closed, until what is under way is done and on disk. */
function quitAfter(settle: () => Promise<void>): void {
  app.on('will-quit', (event) => {
    event.preventDefault();
    // Another `quit` from within this event would be lost; `exit` at the next turn is not.
    void settle().finally(() => setImmediate(() => app.exit()));
  });
}

/** A fault nobody caught is logged; the app goes on, since every call answers for itself. */
function logFaults(write: (level: 'error', text: string) => void): void {
  const log = (error: unknown): void =>
    write('error', error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.on('uncaughtException', log);
  process.on('unhandledRejection', log);
}
