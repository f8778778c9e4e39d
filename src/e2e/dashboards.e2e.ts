import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JUNE, openAnalyst, readCount, type Analyst } from './harness/analyst';
import { goTo, settle, typeFilter } from './harness/scenes';

let analyst: Analyst;

beforeAll(async () => {
  analyst = await openAnalyst();
  await settle(analyst.page);
});
afterAll(() => analyst.close());

const titles = async (): Promise<string[]> =>
  analyst.page.locator('.wm-board').getByRole('heading', { level: 2 }).allInnerTexts();

describe('dashboards', () => {
  it('a chart is pinned by P, and shows the numbers it was pinned with', async () => {
    const { page } = analyst;
    for (const title of ['Trend', 'Hour × day']) {
      await analyst.card(title).getByRole('application').focus();
      await page.keyboard.press('p');
      await page.getByText(`${title} is on Dashboard.`).first().waitFor();
    }
    await goTo(page, 'Dashboards');
    await settle(page);
    expect(await titles()).toEqual(['Trend', 'Hour × day']);
    const trend = { version: 1, kind: 'trend', range: JUNE, measure: 'users', interval: 'day' };
    const { data } = await analyst.ask('trend', trend);
    const [, ...rows] = await analyst.rows('Trend');
    expect(rows.map((cells) => readCount(cells[1] ?? ''))).toEqual(
      data.series[0]?.points.map(({ value }) => value),
    );
  });

  it('is arranged by keys', async () => {
    const { page } = analyst;
    await page.getByRole('button', { name: 'Arrange' }).click();
    const first = page.locator('.wm-board > li').first();
    await first.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(titles).toEqual(['Hour × day', 'Trend']);
    const width = async (): Promise<string> =>
      page
        .locator('.wm-board > li')
        .first()
        .evaluate((card) => card.style.gridColumn);
    const before = await width();
    await page.locator('.wm-board > li').first().focus();
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(width).not.toBe(before);
  });

  it('filters and range of the dashboard hold for every chart', async () => {
    const { page } = analyst;
    await page.getByRole('button', { name: 'Arrange' }).click();
    await page.getByRole('button', { name: 'Filter dashboard' }).click();
    await typeFilter(page, 'Country', 'DE');
    await page.getByText('Country is DE').first().waitFor();
    await settle(page);
    const filters = [{ field: 'country', op: 'eq', value: 'DE' }];
    const trend = { version: 1, kind: 'trend', range: JUNE, measure: 'users', interval: 'day', filters };
    const { data } = await analyst.ask('trend', trend);
    const [, ...rows] = await analyst.rows('Trend');
    expect(rows.map((cells) => readCount(cells[1] ?? ''))).toEqual(
      data.series[0]?.points.map(({ value }) => value),
    );
  });

  it('a chart is removed, and undo brings it back', async () => {
    const { page } = analyst;
    await page.getByRole('button', { name: 'Arrange' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).first().click();
    await expect.poll(titles).toEqual(['Trend']);
    await page.keyboard.press('Control+z');
    await expect.poll(titles).toEqual(['Hour × day', 'Trend']);
  });
});
