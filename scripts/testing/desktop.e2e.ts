import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron } from 'playwright';
import { expect, inject, test } from 'vitest';
import { electronArguments } from '../desktop/electronArguments.mjs';

const MAIN = `
const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => new BrowserWindow().loadURL('data:text/html,<title>hello</title>'));
`;

test('the provided Electron opens the app folder it is given', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'waymark-app-'));
  await writeFile(path.join(folder, 'package.json'), '{"name":"tiny","version":"1.2.3","main":"main.cjs"}');
  await writeFile(path.join(folder, 'main.cjs'), MAIN);
  const app = await _electron.launch({
    executablePath: inject('electronPath'),
    args: electronArguments(folder, [`--user-data-dir=${path.join(folder, 'data')}`]),
  });
  try {
    expect(await (await app.firstWindow()).title()).toBe('hello');
    expect(
      await app.evaluate(({ app: tiny }) => [tiny.getName(), tiny.getVersion(), tiny.getAppPath()]),
    ).toEqual(['tiny', '1.2.3', folder]);
    expect(await app.evaluate(({ app: tiny }) => tiny.getPath('userData'))).toBe(path.join(folder, 'data'));
  } finally {
    await app.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
