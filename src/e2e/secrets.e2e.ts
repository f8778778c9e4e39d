import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchApp, waitUntilOpen, type RunningApp } from './harness/app';
import { startLockedMongo, type LockedMongo } from './harness/lockedMongo';
import { fillShop } from './harness/shop';

/** Rare enough that no other text of a process has it by accident. */
const PASSWORD = 'Zq7-walrus/tangerine@Quark';
const WRONG = 'Yx9-pelican/marmalade@Gluon';
const kpis = { version: 1, kind: 'kpis', range: { from: '2026-06-01', to: '2026-06-28' } } as never;

let mongo: LockedMongo;
let userData = '';
let app: RunningApp | undefined;

beforeAll(async () => {
  mongo = await startLockedMongo(PASSWORD);
  await fillShop({ uri: mongo.adminUri, database: 'shop', events: 300 });
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
});
afterAll(() => mongo.stop());

/** Every spelling under which a password could lie somewhere. */
function spellingsOf(password: string): Buffer[] {
  const texts = [password, encodeURIComponent(password), password.slice(4, 20)];
  return texts.flatMap((text) => [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -2)),
  ]);
}
const SPELLINGS = [...spellingsOf(PASSWORD), ...spellingsOf(WRONG)];

const holdsSecret = (content: Uint8Array): boolean => {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  return SPELLINGS.some((spelling) => bytes.includes(spelling));
};

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (!stats) return [];
    return stats.isDirectory() ? filesIn(file) : stats.isFile() ? [file] : [];
  });
}
const leakingFiles = (): string[] => filesIn(userData).filter((file) => holdsSecret(readFileSync(file)));

/** Everything the page's process has on its heap, as a heap snapshot holds it: every string in full. */
async function heapOf({ electron, window: page }: RunningApp): Promise<Buffer> {
  const session = await electron.context().newCDPSession(page);
  // Texts of the page itself, such as a field's, go in a later round than what named them.
  for (let round = 0; round < 3; round += 1) await session.send('HeapProfiler.collectGarbage');
  await session.detach();
  const file = path.join(userData, 'heap.json');
  await electron.evaluate(
    ({ BrowserWindow }, target) => BrowserWindow.getAllWindows()[0]?.webContents.takeHeapSnapshot(target),
    file,
  );
  const heap = readFileSync(file);
  rmSync(file);
  return heap;
}

/**
 * Types into the form of a connection by the keyboard. Fields are found by the page's own means: the test's tool would
 * read every field to find one by its label, and keep what it read in the page's memory.
 */
async function typeConnection(page: Page, fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) {
    await page.evaluate(`{
      const labels = [...document.querySelectorAll('form.wm-form label')];
      const field = labels.find((label) => label.querySelector('span')?.textContent === ${JSON.stringify(label)});
      field.querySelector('input').focus();
      field.querySelector('input').select();
    }`);
    await page.keyboard.insertText(value);
  }
}

const press = (page: Page, text: string): Promise<unknown> =>
  page.evaluate(
    `[...document.querySelectorAll('button')].find((button) => button.textContent === ${JSON.stringify(text)}).click()`,
  );

/** Waits until the window shows a text. */
const seeText = (page: Page, text: string): Promise<void> =>
  expect.poll(() => page.evaluate<string>('document.body.innerText'), { timeout: 20_000 }).toContain(text);

/** Everything the window shows and is called by. */
const shownBy = async (page: Page): Promise<string> =>
  [await page.title(), page.url(), await page.evaluate<string>('document.documentElement.outerHTML')].join();

describe('a password that was typed into the window', () => {
  it('is in no sentence, title, address, log, diagnostics or file, nor in the window’s memory after saving', async () => {
    userData = mkdtempSync(path.join(tmpdir(), 'waymark-secrets-'));
    app = await launchApp({ userData });
    const { window: page, electron } = app;
    await page.getByRole('button', { name: 'Connections' }).first().click();
    const host = `127.0.0.1:${mongo.port}/?directConnection=true`;
    await typeConnection(page, { Name: 'Shop', Address: `mongodb://${host}`, Database: 'shop' });
    await page.locator('form select').filter({ hasText: 'User and password' }).selectOption('password');
    await typeConnection(page, { User: 'ana', Password: WRONG });
    await press(page, 'Save and connect');
    await seeText(page, 'refused the login');
    expect(holdsSecret(Buffer.from(await shownBy(page)))).toBe(false);

    await typeConnection(page, { Password: PASSWORD });
    await press(page, 'Save');
    await seeText(page, 'Shop saved.');
    await press(page, 'Add');
    await typeConnection(page, {
      Name: 'Pasted',
      Address: `mongodb://ana:${encodeURIComponent(PASSWORD)}@${host}`,
      Database: 'shop',
    });
    await press(page, 'Save and connect');
    await expect
      .poll(() => page.evaluate<string>(`document.querySelector('main h1')?.textContent`), {
        timeout: 20_000,
      })
      .toBe('Overview');
    await waitUntilOpen(page);
    expect((await app.call('report.run', { report: kpis })).kind).toBe('kpis');

    const titles = await electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => `${window.getTitle()} ${window.webContents.getURL()}`),
    );
    const { text } = await app.call('app.copyDiagnostics', {});
    expect(holdsSecret(Buffer.from([await shownBy(page), ...titles, text].join()))).toBe(false);
    const heap = await heapOf(app);
    expect(heap.includes('Shop')).toBe(true);
    expect(holdsSecret(heap)).toBe(false);
    await app.close();
    app = undefined;
    expect(leakingFiles()).toEqual([]);
  });
});

describe('the dump of a crash', () => {
  it('of any process holds no password', async () => {
    userData = mkdtempSync(path.join(tmpdir(), 'waymark-secrets-'));
    const uri = `mongodb://ana:${encodeURIComponent(PASSWORD)}@127.0.0.1:${mongo.port}/?directConnection=true`;
    app = await launchApp({ userData, env: { WAYMARK_URI: uri, WAYMARK_DB: 'shop' } });
    const { electron, window: page } = app;
    await waitUntilOpen(page);
    expect((await app.call('report.run', { report: kpis })).kind).toBe('kpis');
    const processes = await electron.evaluate(({ app: electronApp, BrowserWindow, crashReporter }) => ({
      isUploaded: crashReporter.getUploadToServer(),
      main: process.pid,
      window: BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
      analytics:
        electronApp
          .getAppMetrics()
          .find(({ serviceName, name }) => /analytics/i.test(`${serviceName} ${name}`))?.pid ?? 0,
      folder: electronApp.getPath('crashDumps'),
    }));
    expect(processes.isUploaded).toBe(false);
    expect(processes.folder.startsWith(userData)).toBe(true);
    const dumps = (): string[] => filesIn(userData).filter((file) => file.endsWith('.dmp'));
    for (const [index, victim] of (['analytics', 'window', 'main'] as const).entries()) {
      expect(processes[victim]).toBeGreaterThan(0);
      process.kill(processes[victim], 'SIGSEGV');
      await expect.poll(() => dumps().length, { timeout: 20_000 }).toBe(index + 1);
    }
    await electron.waitForEvent('close', { timeout: 20_000 }).catch(() => undefined);
    await expect
      .poll(() => dumps().every((file) => statSync(file).size > 10_000), { timeout: 20_000 })
      .toBe(true);
    expect(leakingFiles()).toEqual([]);
  });
});
