import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import type { Locator } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { runCli } from '../cli/testing/runCli';
import type { Result } from '../shared/reports/result';
import { percent, plain } from './harness/analyst';
import { launchApp, type RunningApp } from './harness/app';
import { dropShop, fillShop, SHOP_END } from './harness/shop';

const uri = inject('mongoUri');
const database = 'e2eWorkbench';
const folder = mkdtempSync(path.join(tmpdir(), 'waymark-workbench-'));
const file = path.join(folder, 'Checkout.report.json');
const LONG_SESSION = 1_200;
const funnel = {
  version: 1,
  title: 'Funnel',
  kind: 'funnel',
  range: { from: '2026-06-01', to: '2026-06-28', timezone: 'Europe/Berlin' },
  steps: ['page_visit', 'search', 'purchase'],
};
const segment = { id: 'germans', name: 'Germans', filters: [{ field: 'country', op: 'eq', value: 'DE' }] };
let app: RunningApp;

/** A person with one session longer than a page of the journey holds. */
async function addLongSession(): Promise<void> {
  const client = new MongoClient(uri);
  const start = SHOP_END - 20 * 86_400_000;
  await client
    .db(database)
    .collection<{ _id: string }>('events')
    .insertMany(
      Array.from({ length: LONG_SESSION }, (_, index) => ({
        _id: `long-${String(index).padStart(5, '0')}`,
        userId: 'long-reader',
        sessionId: 'long-session',
        eventType: 'search',
        timestamp: new Date(start + index * 1_000),
        receivedAt: new Date(start + index * 1_000),
        properties: {},
      })),
    );
  await client.close();
}

beforeAll(async () => {
  writeFileSync(file, JSON.stringify(funnel));
  await fillShop({ uri, database });
  await addLongSession();
  app = await launchApp({ args: ['--uri', uri, '--db', database, '--report', file] });
});
afterAll(async () => {
  await app.close();
  await dropShop(uri, database);
  rmSync(folder, { recursive: true });
});

const run = async <K extends 'funnel' | 'kpis' | 'paths'>(report: object): Promise<Result<K>['data']> => {
  const name = path.join(folder, 'asked.report.json');
  writeFileSync(name, JSON.stringify(report));
  const { stdout } = await runCli(['run', name, '--uri', uri, '--db', database]);
  return (JSON.parse(stdout) as Result<K>).data;
};
const region = (name: string): Locator => app.window.getByRole('region', { name, exact: true });
const open = (view: string): Promise<void> =>
  app.window.locator('.wm-rail').getByText(view, { exact: true }).click();
const count = (value: number): string => new Intl.NumberFormat('en-US').format(value);
const saveTo = (target: string): Promise<void> =>
  app.electron.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
  }, target);
/** Polls as long as a busy machine may take. */
const until = (ask: () => unknown) => expect.poll(ask, { timeout: 20_000 });
const stepNames = (): Promise<string[]> => app.window.locator('.wm-step-name').allInnerTexts();

describe('a funnel', () => {
  it('is compared with another segment, step by step, with the numbers of the command line', async () => {
    const { window } = app;
    await region('Funnel').waitFor();
    await app.call('library.put', { shelf: 'segments', item: segment as never });
    await window.reload();
    await open('Funnels');
    // A reload forgets the draft; the report of the start is opened again from the recent ones.
    await open('Overview');
    await window.getByRole('button', { name: 'Report', exact: true }).click();
    await window.getByRole('menuitem', { name: /Funnel/ }).click();
    await region('Funnel').waitFor();
    await window.getByLabel('Compare with').selectOption({ label: 'Germans' });
    const all = await run<'funnel'>(funnel);
    const germans = await run<'funnel'>({ ...funnel, filters: segment.filters });
    expect(germans.entrants).toBeGreaterThan(5);
    const rows = region('Comparison').getByRole('row');
    await until(async () =>
      Promise.all(
        [1, 2, 3].map(async (row) => (await rows.nth(row).getByRole('cell').allInnerTexts()).slice(1, 3)),
      ),
    ).toEqual(all.steps.map((step, index) => [count(step.count), count(germans.steps[index]?.count ?? -1)]));
    await window.getByLabel('Break down by').selectOption('device');
    const converted = async (report: object): Promise<Map<string, string>> => {
      const { breakdown = [] } = await run<'funnel'>({ ...report, breakdown: 'device', limit: 8 });
      return new Map(breakdown.map(({ value, steps }) => [value, percent(steps[steps.length - 1]?.ofFirst)]));
    };
    const own = await converted(funnel);
    const other = await converted({ ...funnel, filters: segment.filters });
    const values = region('Breakdown').getByRole('row');
    await until(async () =>
      Promise.all(
        [...own].map(async (_, row) => {
          const cells = (
            await values
              .nth(row + 1)
              .getByRole('cell')
              .allInnerTexts()
          ).map(plain);
          return [cells[0], ...cells.slice(4, 6)];
        }),
      ),
    ).toEqual([...own].map(([value, rate]) => [value, rate, other.get(value) ?? '–']));
    await window.getByLabel('Break down by').selectOption('');
    await until(() => region('Breakdown').count()).toBe(0);
    await rows.nth(2).getByRole('cell').nth(2).getByRole('button').click();
    await window
      .getByRole('heading', { name: `${count(germans.steps[1]?.count ?? -1)} users reached search, Germans` })
      .waitFor();
  });

  it('its list says when each user was last active, and a row leads to the journey', async () => {
    const drawer = app.window.locator('.wm-drawer');
    const first = drawer
      .getByRole('row')
      .filter({ has: app.window.getByRole('cell') })
      .first();
    await until(() => first.getByRole('cell').last().innerText()).toMatch(/2026/);
    await app.window.keyboard.press('Escape');
  });

  it('exports the chart that is shown, not another part of the answer', async () => {
    const { window } = app;
    const card = window.locator('[data-card="funnels.main"]').filter({ hasText: 'Time to convert' });
    await card.getByText('Time to convert', { exact: true }).last().click();
    await saveTo(path.join(folder, 'time.csv'));
    await region('Time to convert').getByRole('button', { name: 'Export' }).click();
    await window.getByRole('menuitem', { name: 'CSV, all rows' }).click();
    await window.getByText('Written to').first().waitFor();
    const { timeToConvert } = await run<'funnel'>(funnel);
    expect(readFileSync(path.join(folder, 'time.csv'), 'utf8')).toBe(
      [
        'fromSeconds,toSeconds,users',
        ...timeToConvert.map((entry) => `${entry.fromSeconds},${entry.toSeconds},${entry.users}`),
        '',
      ].join('\n'),
    );
  });

  it('is put in order by keys and by dragging', async () => {
    const { window } = app;
    expect(await stepNames()).toEqual(['page_visit', 'search', 'purchase']);
    await window.locator('.wm-step-name').nth(2).focus();
    await window.keyboard.press('Alt+ArrowUp');
    expect(await stepNames()).toEqual(['page_visit', 'purchase', 'search']);
    await window.locator('.wm-step-handle').nth(1).dragTo(window.locator('.wm-step').nth(2));
    expect(await stepNames()).toEqual(['page_visit', 'search', 'purchase']);
  });
});

describe('a segment', () => {
  it('is renamed and deleted, and both are undone', async () => {
    const { window } = app;
    const names = async (): Promise<string[]> =>
      (await app.call('library.get', {})).segments.map(({ name }) => name);
    const manage = async (): Promise<void> => {
      await window.locator('.wm-filterbar').getByRole('button', { name: 'All users' }).click();
      await window.getByRole('menuitem', { name: 'Rename or delete…' }).click();
    };
    await manage();
    await window.getByRole('button', { name: 'Rename Germans' }).click();
    await window.getByLabel('Name of the segment').fill('Germany');
    await window.keyboard.press('Enter');
    await until(names).toEqual(['Germany']);
    await window.getByRole('button', { name: 'Undo' }).last().click();
    await until(names).toEqual(['Germans']);
    // A click on "Undo" is one outside of the popover, which closes it.
    await manage();
    await window.getByRole('button', { name: 'Delete Germans' }).click();
    await until(names).toEqual([]);
    await window.getByRole('button', { name: 'Undo' }).last().click();
    await until(names).toEqual(['Germans']);
    await window.keyboard.press('Escape');
  });
});

describe('a dashboard', () => {
  it('holds the key figures and a chart, and its range is the range of all', async () => {
    const { window } = app;
    await open('Overview');
    await window.locator('.wm-kpi-actions').getByRole('button', { name: 'Pin' }).click();
    await region('Trend').getByRole('button', { name: 'Pin' }).click();
    await until(async () => (await app.call('library.get', {})).dashboards[0]?.cards.length).toBe(2);
    await open('Dashboards');
    const board = window.locator('.wm-board');
    await board.locator('[data-kpi="events"]').waitFor();
    await window.getByRole('button', { name: /Range of the dashboard/ }).click();
    await window.getByLabel(/^From/).fill('2026-06-01');
    await window.getByLabel('To', { exact: true }).fill('2026-06-14');
    await window.getByRole('button', { name: 'Apply' }).click();
    const range = { from: '2026-06-01', to: '2026-06-14', timezone: 'Europe/Berlin' };
    const { events } = await run<'kpis'>({ version: 1, kind: 'kpis', range });
    await until(() => board.locator('[data-kpi="events"]').getAttribute('data-value')).toBe(String(events));
    await board.getByRole('region', { name: 'Trend' }).getByRole('button', { name: 'Table' }).click();
    await board
      .getByRole('cell', { name: /Jun 14/ })
      .first()
      .waitFor();
  });
});

describe('paths', () => {
  it('by page begin at the page that a node names, and their users are those of the command line', async () => {
    const { window } = app;
    await open('Paths');
    await window.locator('label').filter({ hasText: /^By/ }).locator('select').selectOption('page');
    await window.getByRole('button', { name: 'Start page: None' }).click();
    await window.getByRole('combobox', { name: 'Start page' }).fill('/search');
    await window
      .getByRole('option', { name: /^\/search/ })
      .first()
      .click();
    await window.getByRole('button', { name: 'Start page: /search' }).waitFor();
    const report = {
      ...funnel,
      title: 'Paths',
      kind: 'paths',
      steps: 5,
      by: 'page',
      start: { event: '*', where: [{ field: 'page.path', op: 'eq', value: '/search' }] },
    };
    const { units, nodes } = await run<'paths'>(report);
    expect(nodes.filter(({ position }) => position === 1).map(({ name }) => name)).toEqual(['/search']);
    expect(units).toBeGreaterThan(0);
    await region('Paths')
      .getByRole('application', { name: `Paths: ${count(units)} sessions` })
      .waitFor();
  });
});

describe('a journey', () => {
  it('of more than 1,000 events in a session loads the rest, and jumps to a day', async () => {
    const { window } = app;
    await open('Users');
    await window.getByLabel('Search users').fill('long-reader');
    await window.getByRole('row').filter({ hasText: 'long-reader' }).click();
    const events = window.locator('.wm-session .wm-event');
    await until(() => events.count()).toBe(1_000);
    await window.getByRole('button', { name: 'More events' }).click();
    await until(() => events.count()).toBe(LONG_SESSION);
    await window.getByLabel('Jump to date').fill('2026-06-10');
    await window.getByRole('button', { name: 'Go' }).click();
    await until(() => window.locator('.wm-session:focus').count()).toBe(1);
  });
});

describe('keys', () => {
  it('U opens the users behind the figures', async () => {
    const { window } = app;
    await open('Overview');
    await window.locator('[data-testid="overview"][data-state="ready"]').waitFor();
    const users = await window.locator('[data-kpi="users"]').getAttribute('data-value');
    await window.locator('.wm-content').focus();
    await window.keyboard.press('u');
    await window.getByRole('heading', { name: `${count(Number(users))} users`, exact: true }).waitFor();
  });
});
