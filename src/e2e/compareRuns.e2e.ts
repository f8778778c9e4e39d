import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runCli } from '../cli/testing/runCli';
import type { Result } from '../shared/reports/result';
import { launchApp, type RunningApp } from './harness/app';
import { dropShop, fillShop, SHOP_END } from './harness/shop';

const uri = inject('mongoUri');
const database = 'e2eCompare';
const folder = mkdtempSync(path.join(tmpdir(), 'waymark-compare-'));
const file = path.join(folder, 'June.report.json');
const earlierRun = path.join(folder, 'earlier.run.json');
const MORE = 25;
let app: RunningApp;

beforeAll(async () => {
  const range = { from: '2026-06-01', to: '2026-06-28', timezone: 'Europe/Berlin' };
  writeFileSync(file, JSON.stringify({ version: 1, title: 'June', kind: 'kpis', range }));
  await fillShop({ uri, database, events: 2_000 });
  const printed = await runCli(['run', file, '--uri', uri, '--db', database, '--out', earlierRun]);
  expect(printed.exitCode).toBe(0);
  const client = new MongoClient(uri);
  const timestamp = new Date(SHOP_END - 10 * 86_400_000);
  await client
    .db(database)
    .collection<{ _id: string }>('events')
    .insertMany(
      Array.from({ length: MORE }, (_, index) => ({
        _id: `more-${index}`,
        userId: 'someone-new',
        eventType: 'search',
        timestamp,
        receivedAt: timestamp,
        properties: {},
      })),
    );
  await client.close();
  app = await launchApp({ args: ['--uri', uri, '--db', database, '--report', file] });
});
afterAll(async () => {
  await app.close();
  await dropShop(uri, database);
  rmSync(folder, { recursive: true });
});

const choose = (target: string): Promise<void> =>
  app.electron.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, target);

describe('two runs of a report', () => {
  it('are compared number by number, the earlier one as the command line wrote it', async () => {
    const { window } = app;
    await window.locator('[data-testid="overview"][data-state="ready"]').waitFor({ timeout: 30_000 });
    await window.getByRole('button', { name: 'Report', exact: true }).click();
    await window.getByRole('menuitem', { name: 'Compare runs…' }).click();
    const dialog = window.getByRole('dialog', { name: 'Compare runs' });
    await choose(earlierRun);
    await dialog.getByRole('button', { name: 'Open a run…' }).click();
    const before = JSON.parse(readFileSync(earlierRun, 'utf8')) as Result<'kpis'>;
    const row = dialog
      .getByRole('row')
      .filter({ has: window.getByRole('cell', { name: 'Events', exact: true }) });
    await row.waitFor();
    const count = new Intl.NumberFormat('en-US');
    expect(await row.getByRole('cell').allInnerTexts()).toEqual([
      'Events',
      count.format(before.data.events),
      count.format(before.data.events + MORE),
      `+${MORE}`,
    ]);
    await dialog.getByText(/of .* figures differ/).waitFor();
    await dialog.getByRole('checkbox', { name: 'Only differences' }).check({ force: true });
    await dialog.getByRole('cell', { name: 'Purchases', exact: true }).waitFor({ state: 'detached' });
    await row.waitFor();
  });

  it('a run saved from the window is the JSON that the command line prints', async () => {
    const { window } = app;
    const saved = path.join(folder, 'later.run.json');
    await choose(saved);
    await window.getByRole('button', { name: 'Save the later run' }).click();
    await window.getByText(`Run saved to ${saved}`).first().waitFor();
    const printed = await runCli(['run', file, '--uri', uri, '--db', database]);
    const { data } = JSON.parse(printed.stdout) as Result<'kpis'>;
    expect((JSON.parse(readFileSync(saved, 'utf8')) as Result<'kpis'>).data).toEqual(data);
  });

  it('a file that is no run is refused with a sentence', async () => {
    await choose(file);
    await app.window.getByRole('button', { name: 'Open a run…' }).click();
    await app.window
      .getByText(/The result.*definition/)
      .first()
      .waitFor();
  });
});
