import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type Page } from 'playwright';
import { electronArguments } from '../../../scripts/desktop/electronArguments.mjs';
import { findOnPath } from '../../../scripts/provide/findOnPath.mjs';
import { packagedExecutable } from '../../../scripts/package/packagedExecutable.mjs';
import { definedEnvironment } from './app';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const OPEN_WITHIN_MS = 30_000;
const END_WITHIN_MS = 30_000;
/** More than the app's own limit on a smoke run, so that it has the word first. */
const RUN_WITHIN_MS = 90_000;

/** The app folder as `npm run package -- --dir` makes it, and what that printed. */
export interface Packaged {
  readonly folder: string;
  readonly executable: string;
  readonly resources: string;
  readonly output: string;
  /** The deb of it, where Debian's tools are. */
  readonly deb: string | null;
}

/** Makes the app folder, and a deb where that can be done, with the command people use. */
export async function packageApp(): Promise<Packaged> {
  const script = path.join(ROOT, 'scripts/package.mjs');
  // Fast instead of small.
  const wanted = findOnPath('dpkg-deb') ? ['--only', 'deb', '-c.deb.compression=gz'] : ['--dir'];
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...wanted], { cwd: ROOT });
  const executable = packagedExecutable(path.join(ROOT, 'dist'));
  if (executable === null) throw new Error(`Nothing was packaged:\n${stdout}`);
  const folder = path.dirname(executable);
  const resources =
    process.platform === 'darwin' ? path.join(folder, '../Resources') : path.join(folder, 'resources');
  const deb = readdirSync(path.join(ROOT, 'dist')).find((name) => name.endsWith('.deb'));
  return {
    folder,
    executable,
    resources,
    output: stdout,
    deb: deb === undefined ? null : path.join(ROOT, 'dist', deb),
  };
}

/** The command line of the packaged app on this machine, without what a checkout needs before it. */
export const packagedArguments = (args: readonly string[]): string[] =>
  electronArguments('', ['--disable-gpu', ...args]).slice(1);

/** What a run of the packaged app left behind. */
export interface PackagedRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Everything there is to know about how it ended: for the message of what expects it to have ended otherwise. */
  readonly ending: string;
}

/** How a process ended, and the end of what it wrote. */
const endingOf = (child: ChildProcess, run: { stdout: string; stderr: string }, limit?: string): string =>
  [
    `exit code ${child.exitCode}, signal ${child.signalCode}${limit === undefined ? '' : `, ${limit}`}`,
    `stdout: ${run.stdout.slice(-2_000)}`,
    `stderr: ${run.stderr.slice(-4_000)}`,
  ].join('\n');

/** Runs the packaged app until it ends by itself. */
export async function runPackaged(
  executable: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<PackagedRun> {
  const child = spawn(executable, packagedArguments(args), { env: { ...definedEnvironment(), ...env } });
  let limit: string | undefined;
  const killer = setTimeout(() => {
    limit = `killed after ${RUN_WITHIN_MS / 1000} s`;
    child.kill('SIGKILL');
  }, RUN_WITHIN_MS);
  const run = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (run.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (run.stderr += text));
  await once(child, 'close');
  clearTimeout(killer);
  return { ...run, exitCode: child.exitCode, ending: endingOf(child, run, limit) };
}

/** The packaged app with its window, driven over the DevTools protocol, since the fuses let nothing else in. */
export interface PackagedWindow {
  readonly page: Page;
  readonly process: ChildProcess;
  readonly userData: string;
  /** Closes the window and waits for the app to end. @throws Error with what it wrote when it has to be killed */
  close(): Promise<number | null>;
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/** The port the app listens on for DevTools, once it has written it down. */
async function readPort(file: string, child: ChildProcess, written: { stderr: string }): Promise<string> {
  for (const deadline = Date.now() + OPEN_WITHIN_MS; Date.now() < deadline && isRunning(child);) {
    const [port] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    if (port) return port;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`The packaged app did not start: ${endingOf(child, { stdout: '', ...written })}`);
}

/** Starts the packaged app and waits for its window. Every app must be closed. */
export async function openPackaged(
  executable: string,
  options: { args?: readonly string[]; env?: Readonly<Record<string, string>>; userData?: string } = {},
): Promise<PackagedWindow> {
  const userData = options.userData ?? mkdtempSync(path.join(tmpdir(), 'waymark-packaged-data-'));
  const portFile = path.join(userData, 'DevToolsActivePort');
  rmSync(portFile, { force: true });
  const args = ['--remote-debugging-port=0', '--user-data-dir', userData, ...(options.args ?? [])];
  const child = spawn(executable, packagedArguments(args), {
    env: { ...definedEnvironment(), ...options.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const written = { stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  const ended = once(child, 'exit');
  const port = await readPort(portFile, child, written);
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { noDefaults: true });
  const [context] = browser.contexts();
  const page = context?.pages()[0] ?? (await context?.waitForEvent('page'));
  if (!page) throw new Error('The packaged app has no window.');
  // A page closed before it was first drawn, as no person can close it, keeps Electron from ending.
  await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0);
  return {
    page,
    process: child,
    userData,
    async close() {
      let limit: string | undefined;
      const killer = setTimeout(() => {
        limit = `killed ${END_WITHIN_MS / 1000} s after its window was closed`;
        child.kill('SIGKILL');
      }, END_WITHIN_MS);
      await page.close().catch(() => undefined);
      await ended;
      clearTimeout(killer);
      await browser.close().catch(() => undefined);
      if (options.userData === undefined) rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
      if (limit !== undefined) throw new Error(endingOf(child, { stdout: '', ...written }, limit));
      return child.exitCode;
    },
  };
}
