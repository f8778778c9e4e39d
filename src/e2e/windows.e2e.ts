import { mkdtempSync, rmSync, writeFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { callFrom, launchApp, waitUntilOpen, type RunningApp } from './harness/app';
import { dropShop, fillShop } from './harness/shop';

const uri = inject('mongoUri');
const [one, two] = ['e2eWindowsOne', 'e2eWindowsTwo'];
const kpis = { version: 1, kind: 'kpis', range: { from: '2026-06-01', to: '2026-06-28' } } as never;
let userData = '';
let app: RunningApp | undefined;

beforeAll(async () => {
  userData = mkdtempSync(path.join(tmpdir(), 'waymark-windows-'));
  await fillShop({ uri, database: one, events: 1_000 });
  await fillShop({ uri, database: two, events: 2_000 });
});
afterEach(async () => {
  await app?.close();
  app = undefined;
});
afterAll(async () => {
  await dropShop(uri, one);
  await dropShop(uri, two);
  rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
});

const eventsIn = (result: { data: unknown }): number => (result.data as { events: number }).events;

describe('windows', () => {
  it('each have a connection of their own and hear of each other’s library', async () => {
    app = await launchApp({ userData, args: ['--uri', uri, '--db', one] });
    const first = app.window;
    await waitUntilOpen(app.window);
    const opening = app.electron.waitForEvent('window');
    await app.call('window.open', {});
    const second = await opening;
    await waitUntilOpen(second);
    const { connection } = await callFrom(second, 'workspace.status', {});
    await callFrom(second, 'workspace.open', { id: connection?.id ?? '', database: two });

    const [inFirst, inSecond] = await Promise.all([
      callFrom(first, 'report.run', { report: kpis }),
      callFrom(second, 'report.run', { report: kpis }),
    ]);
    expect(inFirst.provenance.database).toBe(one);
    expect(inSecond.provenance.database).toBe(two);
    expect(eventsIn(inSecond)).toBeGreaterThan(eventsIn(inFirst));

    await second.close();
    expect(eventsIn(await callFrom(first, 'report.run', { report: kpis }))).toBe(eventsIn(inFirst));
  });

  it('keep what a person stores, per connection', async () => {
    app = await launchApp({ userData, args: ['--uri', uri, '--db', one] });
    await waitUntilOpen(app.window);
    const segment = {
      id: 'germans',
      name: 'Germans',
      filters: [{ field: 'country', op: 'eq', value: 'DE' }],
    };
    await app.call('library.put', { shelf: 'segments', item: segment as never });
    await app.close();
    app = await launchApp({ userData, args: ['--uri', uri, '--db', one] });
    await waitUntilOpen(app.window);
    expect((await app.call('library.get', {})).segments).toEqual([segment]);
    await app.close();
    app = await launchApp({ userData, args: ['--uri', uri, '--db', two] });
    await waitUntilOpen(app.window);
    expect((await app.call('library.get', {})).segments).toEqual([]);
  });

  it('come back where they were', async () => {
    app = await launchApp({ userData });
    await app.electron.evaluate(({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows()[0];
      window?.setBounds({ x: 40, y: 30, width: 1100, height: 760 });
      window?.close();
    });
    await app.close();
    app = await launchApp({ userData });
    const bounds = await app.electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
    );
    expect(bounds).toMatchObject({ width: 1100, height: 760 });
  });

  it('follow the theme of the settings and tell the page', async () => {
    app = await launchApp({ userData });
    const told = app.window.evaluate(
      `new Promise((resolve) => window.waymark.onEvent(({ name, payload }) => name === 'theme.changed' && resolve(payload.dark)))`,
    );
    await app.call('settings.set', { theme: 'dark' });
    expect(await told).toBe(true);
    expect((await app.call('app.info', {})).dark).toBe(true);
    await app.close();
    app = await launchApp({ userData });
    expect((await app.call('app.info', {})).dark).toBe(true);
    await app.call('settings.set', { theme: 'system' });
  });

  it('start with defaults and one sentence when the settings are corrupt', async () => {
    const corrupt = mkdtempSync(path.join(tmpdir(), 'waymark-corrupt-'));
    writeFileSync(path.join(corrupt, 'settings.json'), '{"theme":');
    writeFileSync(path.join(corrupt, 'window.json'), '\0');
    try {
      app = await launchApp({ userData: corrupt });
      await app.window
        .getByText(/settings\.json could not be read and was set aside/)
        .first()
        .waitFor();
      expect((await app.call('settings.get', {})).theme).toBe('system');
      expect(readdirSync(corrupt).filter((name) => name.startsWith('settings.json.corrupt-'))).toHaveLength(
        1,
      );
    } finally {
      await app?.close();
      app = undefined;
      rmSync(corrupt, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
