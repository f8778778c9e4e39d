import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runCli } from '../cli/testing/runCli';
import { launchApp, type RunningApp } from './harness/app';

const uri = inject('mongoUri');
const database = 'e2eLegacy';
const KINDS = ['view', 'cart', 'order'];
let app: RunningApp;

/** Polls as long as a busy machine may take. */
const until = (ask: () => unknown) => expect.poll(ask, { timeout: 20_000 });

/** Somebody's own collections, which fit no preset. */
async function fillLegacy(): Promise<void> {
  const client = new MongoClient(uri);
  const clicks = Array.from({ length: 300 }, (_, index) => ({
    customer: `c${index % 20}`,
    kind: KINDS[index % 3],
    when: Date.now() - index * 60_000,
    spentMs: 1_000 + index,
    url: `https://shop.example/p/${index % 7}`,
    data: { amount: index % 50 },
  }));
  await client.db(database).collection('clicks').insertMany(clicks);
  await client.close();
}

beforeAll(async () => {
  await fillLegacy();
  app = await launchApp();
});
afterAll(async () => {
  await app.close();
  const client = new MongoClient(uri);
  await client.db(database).dropDatabase();
  await client.close();
});

describe('a database that fits no preset', () => {
  it('is tested: the guess is explained, shown with what it reads, and used on a click', async () => {
    const { window } = app;
    await window.getByRole('button', { name: 'Connections' }).first().click();
    await window.getByLabel('Name', { exact: true }).fill('Legacy');
    await window.getByLabel('Address').fill(uri);
    await window.getByLabel('Database').fill(database);
    await window.getByRole('button', { name: 'Test', exact: true }).click();
    const guess = window.getByRole('region', { name: 'Guessed mapping' });
    await guess.waitFor();
    await window.getByText(/"clicks" looks like events: "customer" holds the user/).waitFor();
    const row = (field: string): Promise<string[]> =>
      guess
        .getByRole('row')
        .filter({ has: window.getByRole('cell', { name: field, exact: true }) })
        .getByRole('cell')
        .allInnerTexts();
    expect((await row('userId')).slice(0, 3)).toEqual([
      'userId',
      'customer',
      expect.stringMatching(/^100\.0\s%$/),
    ]);
    expect((await row('eventType')).slice(0, 2)).toEqual(['eventType', 'kind']);
    await guess.getByRole('button', { name: 'Use this mapping' }).click();
    await window.getByRole('button', { name: 'Save and connect' }).click();
    await window.locator('[data-testid="overview"][data-state="ready"]').waitFor();
    const { status, connection } = await saved();
    expect(status.mapping).toBe(database);
    expect(connection?.mapping).toMatchObject({ events: { collection: 'clicks' } });
  });

  it('is edited beside what the change would read, saved with the connection, and undone', async () => {
    const { window } = app;
    await window
      .getByRole('link', { name: 'Data', exact: true })
      .or(window.getByRole('button', { name: 'Data', exact: true }))
      .click();
    await window.getByRole('tab', { name: 'Mapping' }).click();
    const path = window.getByRole('textbox', { name: 'Event eventType: path' });
    await path.fill('');
    await window.getByRole('alert').filter({ hasText: 'events.fields.eventType' }).waitFor();
    await path.fill('kind');
    const duration = window.getByRole('textbox', { name: 'Event durationSec: path' });
    await duration.fill('nothing.there');
    const cells = window
      .getByRole('table', { name: 'Fields of an event' })
      .getByRole('row')
      .filter({ has: window.getByRole('cell', { name: 'durationSec', exact: true }) })
      .getByRole('cell');
    await until(async () => (await cells.allInnerTexts())[4]).toMatch(/^0(\.0)?\s%$/);
    await duration.fill('spentMs');
    await window.getByRole('combobox', { name: 'Event durationSec: stored as' }).selectOption('milliseconds');
    await window.getByLabel('Events that are purchases').fill('order');
    await window.getByRole('button', { name: 'Save with the connection' }).click();
    await window.getByText('Mapping saved with Legacy.').first().waitFor();
    await until(async () => (await saved()).status.state).toBe('open');
    const { data } = await app.call('report.run', {
      report: { version: 1, kind: 'kpis', range: { last: '30d' } } as never,
    });
    expect(data).toMatchObject({ events: 300, purchases: 100 });

    await window.getByRole('button', { name: 'Undo' }).first().click();
    await until(async () => JSON.stringify((await saved()).connection?.mapping)).toContain(
      '"purchases":["purchase"',
    );
  });

  it('is read by the command line through the saved connection', async () => {
    const outcome = await runCli(['inspect', 'mapping', '--profile', 'Legacy', '--format', 'json'], {
      env: { WAYMARK_USER_DATA_DIR: app.userData },
    });
    expect(outcome.exitCode).toBe(0);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ mapping: { events: { collection: 'clicks' } } });
  });
});

async function saved() {
  const [status, { connections }] = [
    await app.call('workspace.status', {}),
    await app.call('connections.list', {}),
  ];
  return { status, connection: connections.find(({ name }) => name === 'Legacy') };
}
