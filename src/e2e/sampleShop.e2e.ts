import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../shared/reports/result';
import { launchApp, type RunningApp } from './harness/app';

let app: RunningApp;

beforeAll(async () => {
  app = await launchApp();
});
afterAll(() => app.close());

describe('the sample shop', () => {
  it('opens on a click, without any server, and is answered from columns', async () => {
    const { window } = app;
    await window.getByRole('button', { name: 'Explore sample data' }).click();
    await window.locator('[data-testid="overview"][data-state="ready"]').waitFor();
    const status = await app.call('workspace.status', {});
    expect(status).toMatchObject({ state: 'open', database: 'Sample shop', readOnly: true });
    await window.locator('.wm-status').getByText('Columns').waitFor();
  });

  it('shows the figures of the engine, and as many users as it counts', async () => {
    const { window } = app;
    const report = { version: 1, kind: 'kpis', range: { last: '30d' } } as never;
    const { data } = (await app.call('report.run', { report })) as Result<'kpis'>;
    expect(data.events).toBeGreaterThan(1_000);
    const card = window.locator('[data-kpi="users"]');
    expect(await card.getAttribute('data-value')).toBe(String(data.users));
    await card.getByRole('button').click();
    const users = new Intl.NumberFormat('en-US').format(data.users);
    await window.getByRole('heading', { name: `${users} users`, exact: true }).waitFor();
  });

  it('says what needs a database', async () => {
    await expect(app.call('inspect.indexes', {})).rejects.toMatchObject({
      code: 'badInput',
      message: expect.stringMatching(/needs a database/),
    });
  });

  it('is listed beside the connections and can be neither changed nor deleted', async () => {
    const { connections } = await app.call('connections.list', {});
    expect(connections).toMatchObject([{ kind: 'sample', name: 'Sample shop', readOnly: true }]);
    await expect(app.call('connections.remove', { id: connections[0]?.id ?? '' })).rejects.toMatchObject({
      code: 'badInput',
    });
    await app.window.locator('.wm-rail').getByText('Connections', { exact: true }).click();
    await app.window.getByText('Open in this window.').waitFor();
    await app.window.locator('.wm-rail').getByText('Data', { exact: true }).click();
    for (const [tab, sentence] of [
      ['Mapping', /nothing is mapped/],
      ['Quality', /on the events of a database/],
      ['Indexes', /has no indexes/],
    ] as const) {
      await app.window.getByRole('tab', { name: tab }).click();
      await app.window.getByText(sentence).waitFor();
      expect(await app.window.getByRole('alert').count()).toBe(0);
    }
  });
});
