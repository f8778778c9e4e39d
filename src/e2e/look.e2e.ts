import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Locator, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAnalyst, type Analyst } from './harness/analyst';
import { goTo, keepLibrary, SCENES, settle } from './harness/scenes';
import { SHOP_END } from './harness/shop';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIZES = [
  [1_024, 700],
  [3_840, 2_160],
] as const;
let analyst: Analyst;

beforeAll(async () => {
  analyst = await openAnalyst();
  await keepLibrary(analyst.app, SHOP_END);
  await settle(analyst.page);
});
afterAll(() => analyst.close());

/** What axe finds serious or critical on screen or in a part of it, with the elements. */
async function findSerious(within = 'html'): Promise<string[]> {
  const { page } = analyst;
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(AXE);
  return page.evaluate(`axe.run('${within}', { resultTypes: ['violations'] }).then(({ violations }) =>
    violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => id + ': ' + html.slice(0, 160) + ' ' + (any[0]?.message ?? ''))))`);
}

/** Runs in the window: what leaves its place, covers a neighbour or is cut without a sign of it. */
const MISPLACED = `(() => {
  const found = [];
  const name = (element) => element.tagName.toLowerCase() + '.' + String(element.className).split(' ')[0] + ' "' + (element.getAttribute('aria-label') ?? element.innerText ?? '').slice(0, 30) + '"';
  const shown = (element) => !element.closest('.wm-hidden') && (element.checkVisibility?.() ?? element.offsetParent !== null);
  if (document.documentElement.scrollWidth > innerWidth) found.push('the window scrolls sideways');
  const content = document.querySelector('.wm-content');
  if (content.scrollWidth > content.clientWidth + 1) found.push('the content scrolls sideways');
  const bars = [...document.querySelectorAll('.wm-top > *, .wm-filterbar > *, .wm-status > *, .wm-heading > *, .wm-card-header > *')];
  for (const element of bars.filter(shown)) {
    const next = element.nextElementSibling;
    if (!next || !shown(next)) continue;
    const [a, b] = [element.getBoundingClientRect(), next.getBoundingClientRect()];
    if (a.width > 0 && b.width > 0 && a.right > b.left + 1 && Math.abs(a.top - b.top) < 12)
      found.push(name(element) + ' runs into ' + name(next));
  }
  const cards = [...content.querySelectorAll('.wm-card, .wm-kpi')].filter(shown);
  for (const [index, card] of cards.entries()) {
    const a = card.getBoundingClientRect();
    for (const other of cards.slice(index + 1)) {
      if (card.contains(other)) continue;
      const b = other.getBoundingClientRect();
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
        found.push(name(card) + ' covers ' + name(other));
    }
  }
  for (const table of [...content.querySelectorAll('.wm-table')].filter(shown)) {
    const last = [...table.querySelectorAll('thead tr:last-child > *')].filter(shown).pop();
    if (last && table.getBoundingClientRect().right > last.getBoundingClientRect().right + 2)
      found.push(name(table) + ' is wider than its columns');
  }
  const words = document.querySelectorAll('button, h1, h2, h3, label, dt, .wm-kpi-label, .wm-kpi-value, .wm-caption');
  for (const element of [...words].filter(shown)) {
    if (element.closest('.wm-hidden, .is-narrow-rail .wm-rail')) continue;
    const style = getComputedStyle(element);
    const scrolls = element.closest('.wm-table-wrap, .wm-funnel, .wm-sankey, .wm-cut');
    if (!scrolls && style.textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline')
      found.push(name(element) + ' is cut');
    const box = element.getBoundingClientRect();
    if (!scrolls && (box.right > innerWidth + 1 || box.left < -1)) found.push(name(element) + ' leaves the window');
  }
  return [...new Set(found)];
})()`;

/** Names that tests and people who listen to the window find things by: the regions of each view. */
const CHARTS: Readonly<Record<string, readonly string[]>> = {
  overview: ['Key figures', 'Trend', 'Hour × day', 'Top events', 'Top pages', 'Places', 'Users'],
  funnels: ['Funnel', 'Conversion trend'],
  paths: ['Paths'],
  retention: ['Cohorts', 'Curves'],
  users: ['Users'],
  journey: ['Events by day'],
  dashboards: ['Users by device', 'Top events', 'Checkout', 'They come back'],
};
const KPI_LABELS = [
  ...['Users', 'New users', 'Sessions', 'Events', 'Page views', 'Purchases'],
  ...['Bounce rate', 'Mean session', 'Median session', 'Stickiness'],
];
const VIEWS = [
  ...['Overview', 'Funnels', 'Paths', 'Retention', 'Users', 'Live', 'Data', 'Dashboards'],
  ...['Connections', 'Settings'],
];

/** What of the names above is not found in the view on screen. */
async function findMissingNames(view: string): Promise<string[]> {
  const { page, card } = analyst;
  const heading = VIEWS.find((name) => name.toLowerCase() === view) ?? 'Journey';
  const wanted = [
    [heading, page.getByRole('heading', { level: 1, name: heading, exact: true })],
    ...VIEWS.map((name) => [name, page.getByRole('navigation').getByRole('link', { name, exact: true })]),
    ...(CHARTS[view] ?? []).flatMap((title) => [
      [`Table of ${title}`, card(title).getByRole('button', { name: 'Table', exact: true })],
      [`Export of ${title}`, card(title).getByRole('button', { name: 'Export', exact: true })],
    ]),
    ...(view === 'overview' ? KPI_LABELS : []).map((name) => [
      `KPI ${name}`,
      card('Key figures').getByRole('group', { name, exact: true }),
    ]),
  ] as const;
  const counts = await Promise.all(wanted.map(async ([, locator]) => (locator as Locator).count()));
  return wanted.flatMap(([name], index) =>
    counts[index] === 1 ? [] : [`${String(name)}: ${counts[index]}`],
  );
}

async function resize(width: number, height: number): Promise<void> {
  await analyst.app.electron.evaluate(
    ({ BrowserWindow }, size) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(size[0], size[1]);
    },
    [width, height] as const,
  );
  // By evaluation: what polls within the page is a script from text, which the page's policy refuses.
  await expect.poll(() => analyst.page.evaluate('[innerWidth, innerHeight]')).toEqual([width, height]);
}

describe.each(SCENES.map(({ name, prepare }) => [name, prepare] as const))('%s', (view, prepare) => {
  it('has its names, nothing serious for assistive technology, in light and dark, and nothing out of place in any size', async () => {
    const { app, page } = analyst;
    await prepare(app);
    await settle(page);
    expect(await findMissingNames(view)).toEqual([]);
    for (const theme of ['light', 'dark'] as const) {
      await app.call('settings.set', { theme });
      await settle(page);
      expect([theme, await findSerious()]).toEqual([theme, []]);
    }
    for (const [width, height] of SIZES) {
      await resize(width, height);
      await settle(page);
      expect([width, await page.evaluate(MISPLACED)]).toEqual([width, []]);
    }
    await resize(1_280, 800);
  });
});

/** What opens over a view: how, and where it stands. */
const OVER: readonly (readonly [name: string, open: (page: Page) => Promise<void>, within: string])[] = [
  ['the palette', (page) => page.keyboard.press('Control+K'), '.wm-palette'],
  ['the range', (page) => page.keyboard.press('d'), '.bp6-popover'],
  ['the filter builder', (page) => page.keyboard.press('f'), '.bp6-popover'],
  ['the keys', (page) => page.keyboard.press('?'), '.wm-keys'],
  ['a definition', (page) => clickIn(page, 'Trend', 'Definition'), '.bp6-popover'],
  ['an export menu', (page) => clickIn(page, 'Trend', 'Export'), '.bp6-popover'],
  ['a query', (page) => clickIn(page, 'Trend', 'Query'), '.wm-drawer'],
  ['a list of users', (page) => page.locator('[data-kpi="users"] button').click(), '.wm-drawer'],
  ['annotations', (page) => pickReport(page, 'Annotations…'), '.wm-keys'],
  ['two runs', (page) => pickReport(page, 'Compare runs…'), '.wm-keys'],
];

const clickIn = (page: Page, title: string, name: string): Promise<void> =>
  page.getByRole('region', { name: title, exact: true }).getByRole('button', { name, exact: true }).click();

async function pickReport(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Report', exact: true }).click();
  await page.getByRole('menuitem', { name }).click();
}

describe('over a view', () => {
  it('nothing that opens is serious for assistive technology; Escape closes it and gives the focus back', async () => {
    const { page } = analyst;
    await goTo(page, 'Overview');
    await settle(page);
    for (const [name, open, within] of OVER) {
      await open(page);
      const opened = page.locator(within).last();
      await opened.waitFor();
      await settle(page);
      expect([name, await findSerious(within)]).toEqual([name, []]);
      await page.keyboard.press('Escape');
      await opened.waitFor({ state: 'detached' });
      await page.locator('body :focus').first().waitFor();
    }
  });

  it('a menu is walked by arrows', async () => {
    const { page } = analyst;
    await page.getByRole('button', { name: 'Report', exact: true }).press('Enter');
    const items = page.getByRole('menuitem');
    await items.first().and(page.locator(':focus')).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await items.nth(-2).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Report', exact: true }).and(page.locator(':focus')).waitFor();
  });

  it('a note on a date zooms into the days around it by Enter', async () => {
    const { page } = analyst;
    const range = page.getByRole('button', { name: /^Range: / });
    const before = await range.innerText();
    await analyst
      .card('Trend')
      .getByRole('button', { name: /^Autumn campaign/ })
      .focus();
    await page.keyboard.press('Enter');
    await settle(page);
    expect(await range.innerText()).toContain('Jun 20');
    await page.keyboard.press('Alt+ArrowLeft');
    await settle(page);
    expect(await range.innerText()).toBe(before);
  });
});

describe('settings', () => {
  it('zoom the window at once, in whose new size nothing is out of place, and undo takes it back', async () => {
    const { page } = analyst;
    await resize(1_280, 800);
    await goTo(page, 'Settings');
    await page.getByRole('combobox', { name: 'Zoom' }).selectOption({ label: '125 %' });
    await expect.poll(() => page.evaluate('innerWidth')).toBe(1_024);
    expect(await page.evaluate(MISPLACED)).toEqual([]);
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await expect.poll(() => page.evaluate('innerWidth')).toBe(1_280);
  });
});
