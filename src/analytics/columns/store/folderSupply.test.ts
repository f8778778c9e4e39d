import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WAYMARK_MAPPING } from '../../../shared/model/presets';
import { FolderStore } from './folderStore';
import { FolderSupply } from './folderSupply';
import { putTexts } from './lines';
import { STORE_VERSION } from './manifest';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'waymark-supply-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function publish(store: FolderStore, builtAt: string): Promise<void> {
  const nothing = await putTexts(store, 'ids', []);
  await store.writeManifest({
    version: STORE_VERSION,
    database: 'empty',
    mapping: WAYMARK_MAPPING,
    builtAt,
    blocks: [],
    userIds: nothing,
    sessionIds: nothing,
    profiles: nothing,
    identities: nothing,
    properties: [],
    inexact: {},
  });
}

test('a folder is read once for each build that is published in it', async () => {
  const store = new FolderStore(folder);
  await store.create();
  await publish(store, '2026-01-01T00:00:00.000Z');
  const columns = new FolderSupply(store);
  const first = await columns.snapshot();
  expect(await columns.snapshot()).toBe(first);
  await publish(store, '2026-01-02T00:00:00.000Z');
  const second = await columns.snapshot();
  expect(second.asOf.toISOString()).toBe('2026-01-02T00:00:00.000Z');
  expect(second.key).not.toBe(first.key);
  await columns.close();
});
