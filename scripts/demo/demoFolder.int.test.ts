import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDemoFolder } from './demoFolder.ts';

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'waymark-demo-folder-'));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

const shop = { seed: 1, events: 100, endAt: 1_700_000_000_000, isLoaded: true };

test('what is noted about the shop is there the next time, until it is cleared', async () => {
  const root = path.join(parent, 'kept');
  const first = await openDemoFolder(root);
  expect(first.readShop()).toBeNull();
  await first.writeShop(shop);
  await first.release();

  const second = await openDemoFolder(root);
  expect(second.readShop()).toEqual(shop);
  await writeFile(path.join(second.database, 'data'), 'x');
  await second.clear();
  expect(second.readShop()).toBeNull();
  expect(existsSync(path.join(second.database, 'data'))).toBe(false);
  await second.release();
});

test('a note that a crash cut short counts as none', async () => {
  const root = path.join(parent, 'cut');
  const folder = await openDemoFolder(root);
  await writeFile(path.join(root, 'shop.json'), '{"seed":1,"ev');
  expect(folder.readShop()).toBeNull();
});

test('a second demo is refused while the first one runs, and taken after it has died', async () => {
  const root = path.join(parent, 'busy');
  await writeFile(`${root}.pid`, String(process.ppid));
  await expect(openDemoFolder(root)).rejects.toThrow(`A demo is running already (process ${process.ppid})`);
  await writeFile(`${root}.pid`, '999999999');
  await expect(openDemoFolder(root)).resolves.toBeDefined();
});
