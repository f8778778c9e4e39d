import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../shared/reports/result';
import { openAnalyst, readCount, type Analyst, type ReportFile } from './harness/analyst';
import { expectPictures } from './harness/pictures';
import { goTo, settle } from './harness/scenes';

let analyst: Analyst;
let report: ReportFile;
let result: Result<'paths'>;

beforeAll(async () => {
  analyst = await openAnalyst();
  await goTo(analyst.page, 'Paths');
  await settle(analyst.page);
  report = await analyst.save();
  result = await analyst.ask('paths', report);
});
afterAll(() => analyst.close());

const expectLinks = async (answer: Result<'paths'>): Promise<void> => {
  const [, ...rows] = await analyst.rows('Paths');
  expect(
    rows.map(([position, from, to, count = '']) => [Number(position), from, to, readCount(count)]),
  ).toEqual(answer.data.links.map(({ position, from, to, count }) => [position, from, to, count]));
};

/** Walks from the first node to its first link by keys; gives what is said there. */
async function focusFirstLink(): Promise<string> {
  const chart = analyst.card('Paths').getByRole('application');
  await analyst.page.mouse.move(0, 0); // a mark under the pointer would be the first
  await chart.focus();
  for (let step = 0; step < 20; step += 1) {
    await analyst.page.keyboard.press('ArrowDown');
    const said = (await chart.getAttribute('aria-label')) ?? '';
    if (said.includes(' → ')) return said;
  }
  return '';
}

describe('paths', () => {
  it('draws the links of the command line and names the units', async () => {
    expect(result.data.units).toBeGreaterThan(100);
    const chart = analyst.card('Paths').getByRole('application');
    expect((await chart.getAttribute('aria-label'))?.replace(/,/g, '')).toContain(
      `${result.data.units} sessions`,
    );
    await expectLinks(result);
    const names = await analyst.card('Paths').locator('svg g text').allTextContents();
    const [first] = result.data.nodes;
    expect(names.join(' ').replace(/,/g, '')).toContain(`${first?.name} ${first?.count}`);
  });

  it('a link, reached by keys, opens exactly its sessions', async () => {
    const said = await focusFirstLink();
    const [, from = '', to = '', count = ''] = /\. (.+) → (.+), ([\d,]+)$/.exec(said) ?? [];
    const link = result.data.links.find(
      (entry) => entry.position === 1 && entry.from === from && entry.to === to,
    );
    expect(link?.count).toBe(readCount(count));
    const { heading, rows } = await analyst.tooltip('Paths');
    expect([heading, ...rows]).toEqual([`${from} → ${to}`, ['Sessions', count]]);
    await analyst.page.keyboard.press('Enter');
    const drawer = await analyst.drawer();
    expect(drawer.size).toBe(link?.count);
    const listed = await analyst.ask('paths', { ...report, users: { position: 1, from, to } });
    expect(listed.data.users?.length).toBe(link?.count);
    await analyst.page.keyboard.press('Escape');
    await analyst.page.getByRole('complementary', { name: 'Details' }).waitFor({ state: 'detached' });
    await settle(analyst.page); // the chart has its whole width again, and marks their places
  });

  it('the menu of a node hides its event; undo brings it back', async () => {
    const { page } = analyst;
    await analyst.card('Paths').getByRole('application').focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Hide' }).click();
    await page.getByText('page_visit hidden.').first().waitFor();
    await settle(page);
    const hidden = await analyst.save();
    expect(hidden['hide']).toEqual(['page_visit']);
    await expectLinks(await analyst.ask('paths', hidden));
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await settle(page);
    expect((await analyst.save())['hide']).toEqual([]);
  });

  it('by user from a start, by page: all as the command line counts', async () => {
    const { page } = analyst;
    const toolbar = page.getByRole('region', { name: 'Paths of' });
    await toolbar.getByRole('combobox', { name: 'Unit' }).selectOption('user');
    await toolbar.getByRole('button', { name: 'Start event: None' }).click();
    await page.getByRole('combobox', { name: 'Start event' }).fill('product_view');
    await page.getByRole('option', { name: 'product_view' }).first().waitFor();
    await page.keyboard.press('Enter');
    await settle(page);
    const asked = await analyst.save();
    expect(asked).toMatchObject({ unit: 'user', start: 'product_view' });
    await expectLinks(await analyst.ask('paths', asked));
    await toolbar.getByRole('combobox', { name: 'By' }).selectOption('page');
    await settle(page);
    const pages = await analyst.save();
    expect(pages).toMatchObject({ unit: 'user', by: 'page' });
    await expectLinks(await analyst.ask('paths', pages));
  });

  it('exports what it shows', async () => {
    const asked = await analyst.save();
    expect((await analyst.exportAs('Paths', 'CSV, all rows')).toString()).toBe(await analyst.askCsv(asked));
    const shown = await analyst.ask('paths', asked);
    const [largest] = [...shown.data.nodes].sort((a, b) => b.count - a.count);
    await expectPictures(analyst, 'Paths', shown, [String(largest?.count)]);
  });
});
