import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { electronArguments } from '../../../scripts/desktop/electronArguments.mjs';
import { WaymarkError } from '../../shared/errors';
import type { Reply, WaymarkBridge } from '../../shared/ipc/bridge';
import type { Channel, RequestInput, ResponseOf } from '../../shared/ipc/contract';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CLOSE_WITHIN_MS = 10_000;
const OPEN_WITHIN_MS = 30_000;

/** What a page of the app has in its global scope. */
export interface PageGlobals {
  readonly waymark: WaymarkBridge;
}

export interface LaunchOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Data folder of an earlier start; a fresh one by default, deleted at the end. */
  readonly userData?: string;
  /** Electron's executable; that of the test run by default. */
  readonly electronPath?: string;
}

/** The built app, running in the real Electron. */
export interface RunningApp {
  readonly electron: ElectronApplication;
  readonly window: Page;
  readonly userData: string;
  /** Makes a call of the contract as the first window would, and answers or throws as its client would. */
  call<C extends Channel>(channel: C, request: RequestInput<C>, from?: Page): Promise<ResponseOf<C>>;
  /** The process that holds the database connections. */
  analyticsPid(): Promise<number>;
  close(): Promise<void>;
}

/** Makes a call from a page, through the bridge that the preload script exposes. */
export async function callFrom<C extends Channel>(
  page: Page,
  channel: C,
  request: RequestInput<C>,
): Promise<ResponseOf<C>> {
  const reply = (await page.evaluate(
    ([name, sent]) => {
      const { waymark } = globalThis as unknown as PageGlobals;
      const id = `test-${Math.random().toString(36).slice(2)}`;
      return waymark.call({ id, channel: name, request: sent } as never) as never;
    },
    [channel, request] as const,
  )) as Reply<C>;
  if (reply.ok) return reply.value;
  const { code, message, path: where } = reply.error;
  throw new WaymarkError(code, message, where === undefined ? {} : { path: where });
}

/** Waits until the connection a window was started with is open; throws its sentence when it fails. */
export async function waitUntilOpen(page: Page): Promise<void> {
  const deadline = Date.now() + OPEN_WITHIN_MS;
  while (Date.now() < deadline) {
    const { state, message } = await callFrom(page, 'workspace.status', {});
    if (state === 'open') return;
    if (message !== undefined && state !== 'opening') throw new Error(message);
    await page.waitForTimeout(100);
  }
  throw new Error(`Not connected within ${OPEN_WITHIN_MS / 1000} s.`);
}

/** Starts the built app and waits for its first window. Every app must be closed. */
export async function launchApp(options: LaunchOptions = {}): Promise<RunningApp> {
  const { args = [], env = {} } = options;
  const userData = options.userData ?? mkdtempSync(path.join(tmpdir(), 'waymark-user-data-'));
  const electron = await _electron.launch({
    executablePath: options.electronPath ?? (await electronOfTestRun()),
    args: electronArguments(ROOT, ['--disable-gpu', '--user-data-dir', userData, ...args]),
    env: { ...definedEnvironment(), ...env },
  });
  const child = electron.process();
  const window = await electron.firstWindow();
  return {
    electron,
    window,
    userData,
    call: (channel, request, from = window) => callFrom(from, channel, request),
    async analyticsPid() {
      const pid = await electron.evaluate(
        ({ app }) =>
          app.getAppMetrics().find(({ serviceName, name }) => /analytics/i.test(`${serviceName} ${name}`))
            ?.pid,
      );
      if (pid === undefined) throw new Error('There is no analytics process.');
      return pid;
    },
    async close() {
      const killer = setTimeout(() => child.kill('SIGKILL'), CLOSE_WITHIN_MS);
      await electron.close().catch(() => undefined);
      clearTimeout(killer);
      if (options.userData === undefined) rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Vitest cannot even be loaded outside of a test run, and scripts start the app too. */
async function electronOfTestRun(): Promise<string> {
  const { inject } = await import('vitest');
  return inject('electronPath');
}

/** This process's environment without the variables that would reach the app by accident. */
export function definedEnvironment(): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !name.startsWith('WAYMARK_')) environment[name] = value;
  }
  return environment;
}
