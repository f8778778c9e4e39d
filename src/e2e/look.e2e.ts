import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAnalyst, type Analyst } from './harness/analyst';
import { keepLibrary, SCENES, settle } from './harness/scenes';
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

/** What axe finds serious or critical on screen, with the elements. */
async function findSerious(): Promise<string[]> {
  const { page } = analyst;
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(AXE);
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
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

async function resize(width: number, height: number): Promise<void> {
  await analyst.app.electron.evaluate(
    ({ BrowserWindow }, size) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(size[0], size[1]);
    },
    [width, height] as const,
  );
  await analyst.page.waitForFunction(`innerWidth === ${width} && innerHeight === ${height}`);
}

describe.each(SCENES.map(({ name, prepare }) => [name, prepare] as const))('%s', (_name, prepare) => {
  it('has nothing serious for assistive technology, in light and dark, and nothing out of place in any size', async () => {
    const { app, page } = analyst;
    await prepare(app);
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
