import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openAnalyst, type Analyst } from './harness/analyst';
import { goTo, settle } from './harness/scenes';
import { startSlowServer, type SlowServer } from './harness/slowServer';

let server: SlowServer;
let analyst: Analyst;

beforeAll(async () => {
  server = await startSlowServer(inject('mongoUri'));
  analyst = await openAnalyst({ uri: server.uri });
  await settle(analyst.page);
});
afterAll(async () => {
  await analyst.close();
  await server.stop();
});

const users = (): Promise<string | null> =>
  analyst.page.locator('[data-kpi="users"]').getAttribute('data-value');

describe('while an answer is on its way', () => {
  it('the old one stays, the card says how long it takes, and Ctrl+. cancels', async () => {
    const { page } = analyst;
    const before = await users();
    server.hold();
    await page.keyboard.press('Control+r');
    await page.getByText(/^Updating Trend… \d+/).waitFor();
    expect(await users()).toBe(before);
    expect(await analyst.card('Trend').getAttribute('aria-busy')).toBe('true');
    await page.keyboard.press('Control+.');
    await analyst
      .card('Trend')
      .getByText(/^Cancelled after .+\. Showing the answer from .+\.$/)
      .waitFor();
    expect(await users()).toBe(before);
    server.release();
    await analyst.card('Trend').getByRole('button', { name: 'Run again' }).click();
    await settle(page);
    expect(
      await analyst
        .card('Trend')
        .getByText(/^Cancelled/)
        .count(),
    ).toBe(0);
  });

  it('without an earlier one there is a skeleton, and cancelling says that there is none', async () => {
    const { page } = analyst;
    server.hold();
    await goTo(page, 'Retention');
    await page.getByText('Loading Cohorts…').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).first().click();
    await analyst.card('Cohorts').getByText('Cancelled. No earlier answer.').waitFor();
    server.release();
    await analyst.card('Cohorts').getByRole('button', { name: 'Run again' }).click();
    await analyst.card('Cohorts').getByRole('table').waitFor();
  });

  it('the newest question wins', async () => {
    const { page } = analyst;
    await goTo(page, 'Overview');
    await settle(page);
    server.hold();
    const trend = analyst.card('Trend');
    await trend.getByRole('combobox', { name: 'Measure' }).selectOption('events');
    await page.waitForTimeout(300);
    await trend.getByRole('combobox', { name: 'Measure' }).selectOption('sessions');
    await page.waitForTimeout(300);
    server.release();
    await settle(page);
    const [header] = await analyst.rows('Trend');
    expect(header?.[1]).toBe('Sessions');
  });

  it('a broken connection is a sentence with a way on; what was there stays', async () => {
    const { page } = analyst;
    const before = await users();
    await server.stop();
    await page.keyboard.press('Control+r');
    const card = analyst.card('Trend');
    await card.getByText(/^Trend could not be updated\. .+/).waitFor({ timeout: 60_000 });
    await card.getByRole('button', { name: 'Try again' }).waitFor();
    await card.getByRole('button', { name: 'Copy details' }).waitFor();
    expect(await users()).toBe(before);
  });
});

describe('nothing to show', () => {
  it('is said, with the two ways to more', async () => {
    const own = await openAnalyst({
      report: {
        version: 1,
        kind: 'kpis',
        range: { from: '2026-06-01', to: '2026-06-02', timezone: 'Europe/Berlin' },
        filters: [{ field: 'country', op: 'eq', value: 'XX' }],
      },
    });
    try {
      await settle(own.page);
      await own.card('Trend').getByText('No events match in this range.').waitFor();
      await own.card('Trend').getByRole('button', { name: 'Clear filters' }).click();
      await settle(own.page);
      expect(await own.card('Trend').getByText('No events match in this range.').count()).toBe(0);
    } finally {
      await own.close();
    }
  });
});
