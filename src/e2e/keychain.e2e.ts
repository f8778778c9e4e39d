import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type * as Keytar from 'keytar';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchApp, type RunningApp } from './harness/app';
import { startLockedMongo, type LockedMongo } from './harness/lockedMongo';
import { fillShop } from './harness/shop';

const PASSWORD = 'correct horse/battery@staple';
let mongo: LockedMongo;
let userData = '';
let app: RunningApp | undefined;

beforeAll(async () => {
  mongo = await startLockedMongo(PASSWORD);
  await fillShop({ uri: mongo.adminUri, database: 'shop', events: 500 });
  userData = mkdtempSync(path.join(tmpdir(), 'waymark-keychain-'));
});
afterEach(async () => {
  await app?.close();
  app = undefined;
});
afterAll(async () => {
  await mongo.stop();
  rmSync(userData, { recursive: true, force: true, maxRetries: 5 });
});

const draft = () => ({
  name: 'Shop',
  address: `mongodb://127.0.0.1:${mongo.port}/?directConnection=true`,
  database: 'shop',
  login: { method: 'password', username: 'ana' } as const,
});

/** Every file below a folder that holds a text. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (!stats) return [];
    if (stats.isDirectory()) return filesWith(file, text);
    return stats.isFile() && readFileSync(file).includes(text) ? [file] : [];
  });
}

const spellings = [PASSWORD, encodeURIComponent(PASSWORD), PASSWORD.slice(0, 13)];

describe('with a keychain', () => {
  it('a password goes there, is not given back, and opens the connection after a restart', async () => {
    app = await launchApp({ userData });
    const added = await app.call('connections.add', { draft: draft(), secret: { password: PASSWORD } });
    expect(added.secret).toBe('keychain');
    expect(JSON.stringify(await app.call('connections.list', {}))).not.toContain('battery');
    await app.close();

    app = await launchApp({ userData });
    const status = await app.call('workspace.open', { id: added.id });
    expect(status).toMatchObject({ state: 'open', database: 'shop', serverVersion: expect.any(String) });
    const test = await app.call('connections.test', { id: added.id });
    expect(test).toMatchObject({
      rights: { read: true, write: false },
      topology: 'standalone',
      database: 'shop',
    });
    expect(test.collections.find(({ name }) => name === 'events')?.documents).toBe(500);
    expect(test.latencyMs).toBeGreaterThan(0);
    const diagnostics = await app.call('app.copyDiagnostics', {});
    for (const spelling of spellings) expect(diagnostics.text).not.toContain(spelling);
    await app.close();
    app = undefined;
    for (const spelling of spellings) expect(filesWith(userData, spelling)).toEqual([]);
  });

  it('a deleted connection comes back with its password, and a duplicate has it too', async () => {
    app = await launchApp({ userData });
    const [first] = (await app.call('connections.list', {})).connections;
    const id = first?.id ?? '';
    await app.call('connections.remove', { id });
    await expect(app.call('workspace.open', { id })).rejects.toMatchObject({ code: 'badInput' });
    await app.call('connections.restore', { id });
    expect((await app.call('workspace.open', { id })).state).toBe('open');
    const copy = await app.call('connections.duplicate', { id });
    expect(copy).toMatchObject({ name: 'Shop (copy)', secret: 'keychain' });
    expect((await app.call('workspace.open', { id: copy.id })).state).toBe('open');
  });

  it('a wrong password is refused with a sentence, the right one tested without storing it', async () => {
    app = await launchApp({ userData });
    await expect(
      app.call('connections.test', { draft: draft(), secret: { password: 'wrong one' } }),
    ).rejects.toMatchObject({ code: 'loginRefused', message: expect.stringMatching(/refused the login/) });
    const found = await app.call('connections.test', { draft: draft(), secret: { password: PASSWORD } });
    expect(found.mapping?.name).toBe('waymark');
  });

  it('what the keychain is doing when a person quits is done before the app ends', async () => {
    app = await launchApp({ userData });
    const ended = once(app.electron.process(), 'exit');
    await app.electron.evaluate(({ app: main }) => {
      const keytar = process.mainModule?.require('keytar') as typeof Keytar;
      const { setPassword } = keytar;
      keytar.setPassword = async (...secret) => {
        main.quit();
        // A keychain that asks for a touch, or is on another machine.
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        await setPassword(...secret);
      };
    });
    const add = { draft: { ...draft(), name: 'Added late' }, secret: { password: PASSWORD } };
    await app.call('connections.add', add).catch(() => undefined);
    expect(await ended).toEqual([0, null]);

    app = await launchApp({ userData });
    const { connections } = await app.call('connections.list', {});
    const added = connections.find(({ name }) => name === 'Added late');
    expect(added).toMatchObject({ secret: 'keychain' });
    expect(await app.call('workspace.open', { id: added?.id ?? '' })).toMatchObject({ state: 'open' });
    await app.call('connections.remove', { id: added?.id ?? '' });
  });
});

describe('without a keychain', () => {
  it('a password is kept until the app quits, and the window is told so', async () => {
    const alone = mkdtempSync(path.join(tmpdir(), 'waymark-no-keychain-'));
    const env = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent', DISPLAY: process.env['DISPLAY'] ?? '' };
    try {
      app = await launchApp({ userData: alone, env });
      const { keychain } = await app.call('connections.list', {});
      expect(keychain).toEqual({
        available: false,
        message: 'No keychain. The password is kept until you quit.',
      });
      const added = await app.call('connections.add', { draft: draft(), secret: { password: PASSWORD } });
      expect(added.secret).toBe('session');
      expect((await app.call('workspace.open', { id: added.id })).state).toBe('open');
      await app.close();
      for (const spelling of spellings) expect(filesWith(alone, spelling)).toEqual([]);

      app = await launchApp({ userData: alone, env });
      const [kept] = (await app.call('connections.list', {})).connections;
      expect(kept).toMatchObject({ id: added.id, secret: 'none' });
      await expect(app.call('workspace.open', { id: added.id })).rejects.toMatchObject({
        code: 'loginRefused',
        message: expect.stringMatching(/not stored. Edit the connection and enter it again/),
      });
    } finally {
      await app?.close();
      app = undefined;
      rmSync(alone, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
