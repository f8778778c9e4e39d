import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runCli } from '../cli/testing/runCli';
import { launchApp, waitUntilOpen, type RunningApp } from './harness/app';
import { dropShop, fillShop } from './harness/shop';

const uri = inject('mongoUri');
const database = 'e2eColumnsTab';
const EVENTS = 2_000;
let app: RunningApp;

beforeAll(async () => {
  await fillShop({ uri, database, events: EVENTS });
  app = await launchApp({ args: ['--uri', uri, '--db', database] });
  await waitUntilOpen(app.window);
});
afterAll(async () => {
  await app.close();
  await dropShop(uri, database);
});

const until = (ask: () => unknown) => expect.poll(ask, { timeout: 30_000 });

describe('the columns of a database', () => {
  it('are built from the Data view and cover every event', async () => {
    const { window } = app;
    const report = { version: 1, kind: 'kpis', range: { from: '2026-06-01', to: '2026-06-28' } } as never;
    const read = await app.call('report.run', { report });
    expect(read.provenance.executor).toBe('pipeline');
    await window.locator('.wm-rail').getByText('Data', { exact: true }).click();
    await window.getByRole('tab', { name: 'Columns' }).click();
    await window.getByText(/columns have been built/).waitFor();
    await window.getByRole('button', { name: 'Build', exact: true }).click();
    await window.getByText(`Events in blocks`).waitFor();
    const { status } = await app.call('columns.status', {});
    expect(status).toMatchObject({ database, events: EVENTS });
    const counted = await app.call('report.run', { report });
    expect(counted.provenance.executor).toBe('columns');
    expect(counted.data).toEqual(read.data);
    await window.locator('.wm-rail').getByText('Overview', { exact: true }).click();
    await window
      .getByRole('contentinfo')
      .getByRole('button', { name: /^Columns/ })
      .waitFor();
    await window.locator('.wm-rail').getByText('Data', { exact: true }).click();
    await window.getByRole('tab', { name: 'Columns' }).click();
  });

  it('take a declared property, agree with the events, and are what the command line sees', async () => {
    const { window } = app;
    await window.getByLabel('Property to declare').selectOption('properties.amount');
    await window.getByRole('button', { name: 'Declare and build' }).click();
    await until(async () => (await app.call('columns.status', {})).status?.properties).toContain(
      'properties.amount:number',
    );
    await window.getByRole('button', { name: 'Verify' }).click();
    await window
      .getByText(/Every block agrees with the 2,000 events/)
      .first()
      .waitFor();
    const printed = await runCli(['columns', 'status', '--uri', uri, '--db', database]);
    expect(JSON.parse(printed.stdout)).toMatchObject({ events: EVENTS });
  });

  it('are removed', async () => {
    const { window } = app;
    await window.getByRole('button', { name: 'Remove columns' }).click();
    await window.getByText(/columns have been built/).waitFor();
  });

  it('stay as they are where the connection is read only', async () => {
    const draft = {
      name: 'Reader',
      address: uri,
      database,
      login: { method: 'none' as const },
      readOnly: true,
    };
    const { id } = await app.call('connections.add', { draft });
    await app.call('workspace.open', { id });
    await expect(app.call('columns.build', {})).rejects.toMatchObject({ code: 'noRight' });
  });
});
