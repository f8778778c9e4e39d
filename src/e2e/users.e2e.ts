import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../shared/reports/result';
import { JUNE, openAnalyst, plain, readCount, type Analyst } from './harness/analyst';
import { goTo, settle } from './harness/scenes';

const users = { version: 1, kind: 'users', range: JUNE } as const;
let analyst: Analyst;

beforeAll(async () => {
  analyst = await openAnalyst();
  await goTo(analyst.page, 'Users');
  await settle(analyst.page);
});
afterAll(() => analyst.close());

const card = () => analyst.card('Users');
const shownRows = async (): Promise<string[][]> => {
  const rows = await card().locator('tbody tr[data-row]').all();
  return Promise.all(rows.map(async (row) => (await row.locator('td').allInnerTexts()).map(plain)));
};

/** Name or id, sessions, events and purchases of the first users that the command line lists. */
const expectFirst = async (answer: Result<'users'>): Promise<void> => {
  const rows = await shownRows();
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.map((cells) => [cells[0], ...cells.slice(4, 7).map((text) => readCount(text))])).toEqual(
    answer.data.users
      .slice(0, rows.length)
      .map((user) => [user.name ?? user.email ?? user.userId, user.sessions, user.events, user.purchases]),
  );
};

describe('the table of users', () => {
  it('has the users of the command line, most recent first, and says how many', async () => {
    const answer = await analyst.ask('users', { ...users, limit: 100 });
    await expectFirst(answer);
    const { data } = await analyst.ask('kpis', { ...users, kind: 'kpis' });
    expect(await card().getByRole('status').first().innerText()).toBe(`${data.users} users`);
  });

  it('sorts by a click on a header', async () => {
    for (const [header, sort] of [
      ['Events', '-events'],
      ['Sessions', '-sessions'],
    ] as const) {
      await card().getByRole('button', { name: header, exact: true }).click();
      await settle(analyst.page);
      await expectFirst(await analyst.ask('users', { ...users, sort, limit: 100 }));
    }
  });

  it('scrolls through every page to the last one', async () => {
    const { page } = analyst;
    const { data } = await analyst.ask('kpis', { ...users, kind: 'kpis' });
    const table = card().getByRole('table', { name: 'Users' });
    await card().locator('tbody tr[data-row]').first().focus();
    const scroller = card().locator('.wm-users');
    await expect
      .poll(
        async () => {
          await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight));
          return Number(await table.getAttribute('aria-rowcount')) - 1;
        },
        { timeout: 20_000 },
      )
      .toBe(data.users);
    await page.waitForTimeout(50);
    expect(await scroller.locator('tbody tr[data-row]').count()).toBeLessThan(100);
  });

  it('finds as one types, and Enter opens the journey', async () => {
    const { page } = analyst;
    const known = await analyst.ask('users', { ...users, search: 'example.com', limit: 1 });
    const [wanted] = known.data.users;
    await page.keyboard.press('Escape');
    await card()
      .getByRole('searchbox', { name: 'Search users' })
      .fill(wanted?.email ?? '');
    await settle(page);
    const rows = await shownRows();
    expect(rows.map((cells) => cells[0])).toEqual([wanted?.name]);
    await card().locator('tbody tr[data-row]').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Journey', level: 1 }).waitFor();
    await settle(page);
  });

  it('the journey has the totals, sessions and events of the command line', async () => {
    const { page } = analyst;
    const id = await page.getByRole('region', { name: 'Profile' }).locator('dd').nth(2).innerText();
    const { data } = await analyst.ask('journey', { ...users, kind: 'journey', userId: id });
    const totals = (await page.getByRole('region', { name: 'Totals' }).locator('dd').allInnerTexts()).map(
      plain,
    );
    expect(totals.slice(0, 4).map(readCount)).toEqual([
      data.totals.sessions,
      data.totals.events,
      data.totals.pageViews,
      data.totals.purchases,
    ]);
    const sessions = page.getByRole('region', { name: 'Sessions' }).locator('.wm-session');
    expect(await sessions.count()).toBe(data.sessions.length);
    for (const [index, session] of data.sessions.entries()) {
      const events = await sessions.nth(index).locator('.wm-event-type').allInnerTexts();
      expect(events).toEqual(session.events.map(({ type }) => type));
    }
    const [, ...rows] = await analyst.rows('Events by day');
    expect(rows.map((cells) => readCount(cells[1] ?? ''))).toEqual(data.trend.map(({ events }) => events));
    await sessions.first().locator('.wm-event-line').first().click();
    expect(await sessions.first().getByText('Event id').count()).toBe(1);
  });
});
