import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchApp, waitUntilOpen, type RunningApp } from './harness/app';
import { startLockedMongo, type LockedMongo } from './harness/lockedMongo';
import { fillShop } from './harness/shop';

/** Rare enough that no other text of a process has it by accident. */
const PASSWORD = 'Zq7-walrus/tangerine@Quark';
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
const SPELLINGS = spellingsOf(PASSWORD);

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

describe('the dump of a crash', () => {
  it.each(['window', 'analytics', 'main'] as const)('of the process %s holds no password', async (victim) => {
    userData = mkdtempSync(path.join(tmpdir(), 'waymark-secrets-'));
    const uri = `mongodb://ana:${encodeURIComponent(PASSWORD)}@127.0.0.1:${mongo.port}/?directConnection=true`;
    app = await launchApp({ userData, env: { WAYMARK_URI: uri, WAYMARK_DB: 'shop' } });
    const { electron, window: page } = app;
    await waitUntilOpen(page);
    expect((await app.call('report.run', { report: kpis })).kind).toBe('kpis');
    const processes = await electron.evaluate(({ app: electronApp, BrowserWindow }) => ({
      main: process.pid,
      window: BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId() ?? 0,
      analytics:
        electronApp
          .getAppMetrics()
          .find(({ serviceName, name }) => /analytics/i.test(`${serviceName} ${name}`))?.pid ?? 0,
      folder: electronApp.getPath('crashDumps'),
    }));
    expect(processes[victim]).toBeGreaterThan(0);
    expect(processes.folder.startsWith(userData)).toBe(true);
    process.kill(processes[victim], 'SIGSEGV');
    const dumps = (): string[] => filesIn(userData).filter((file) => file.endsWith('.dmp'));
    await expect.poll(() => dumps().length, { timeout: 20_000 }).toBe(1);
    if (victim === 'main') await electron.waitForEvent('close', { timeout: 20_000 }).catch(() => undefined);
    await expect.poll(() => statSync(dumps()[0] ?? '').size).toBeGreaterThan(10_000);
    expect(leakingFiles()).toEqual([]);
  });
});
