import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ROLES } from '../shared/model/roles';
import { KPI_NAMES } from '../shared/reports/report';
import type { Result } from '../shared/reports/result';
import { JUNE, openAnalyst, percent, plain, readCount, saysDuration, type Analyst } from './harness/analyst';
import { settle } from './harness/scenes';

const base = { version: 1, range: JUNE } as const;
const kpis = { ...base, title: 'June', kind: 'kpis', compare: 'previous' } as const;
const trend = { ...base, kind: 'trend', measure: 'users', interval: 'day', compare: 'previous' } as const;
let analyst: Analyst;

beforeAll(async () => {
  analyst = await openAnalyst({ report: kpis });
  await analyst.page.locator('[data-testid="overview"][data-state="ready"]').waitFor({ timeout: 30_000 });
  await settle(analyst.page);
});
afterAll(() => analyst.close());

/** Series, then points, as the table twin lists them. */
async function expectTrendTable(title: string, report: Record<string, unknown>): Promise<Result<'trend'>> {
  const result = await analyst.ask('trend', report);
  const { data } = result;
  const [, ...rows] = await analyst.rows(title);
  const shown = rows.map((cells) => readCount(cells[data.series.length > 1 ? 2 : 1] ?? ''));
  expect(shown).toEqual(data.series.flatMap((series) => series.points.map((point) => point.value)));
  expect(shown.reduce<number>((sum, value) => sum + (value ?? 0), 0)).toBeGreaterThan(100);
  return result;
}

/** All that the trend is drawn with, in whatever order. */
const drawnTrend = (): Promise<string[]> =>
  analyst.page.evaluate(`
    [...document.querySelectorAll('[data-card="overview.trend"] .main-svg :is(path, text, rect)')]
      .filter((element) => element.closest('defs') === null)
      .map((element) => [
        ...['class', 'd', 'transform', 'x', 'y'].map((name) => element.getAttribute(name)),
        ...(element.getAttribute('style') ?? '').split(/; */).sort(),
        element.closest('g[transform]')?.getAttribute('transform'),
        element.textContent,
      ].join(' '))
      .sort()`);

describe('the Overview of a connected window', () => {
  it('opens on the report it was started with', async () => {
    await analyst.page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    expect(await analyst.page.getByRole('button', { name: /^Range: / }).innerText()).toContain('Jun');
  });

  it('shows the key figures of the command line, to the last digit, and the change since the period before', async () => {
    const { data } = await analyst.ask('kpis', kpis);
    expect(data.events).toBeGreaterThan(2_000);
    for (const kpi of KPI_NAMES) {
      const card = analyst.page.locator(`[data-kpi="${kpi}"]`);
      expect([kpi, await card.getAttribute('data-value')]).toEqual([kpi, String(data[kpi])]);
      expect([kpi, await card.getAttribute('data-previous')]).toEqual([kpi, String(data.previous?.[kpi])]);
    }
    const shown = (name: string): Promise<string[]> =>
      analyst.page
        .getByRole('group', { name, exact: true })
        .innerText()
        .then((text) => plain(text).split('\n'));
    expect(await shown('Users')).toContain(String(data.users));
    expect(await shown('Bounce rate')).toContain(percent(data.bounceRate));
    for (const [name, seconds] of [
      ['Mean session', data.meanSessionSeconds],
      ['Median session', data.medianSessionSeconds],
    ] as const) {
      expect((await shown(name)).some((text) => saysDuration(text, seconds))).toBe(true);
    }
    const grown = (data.users / (data.previous?.users ?? 1) - 1) * 100;
    expect((await shown('Users')).map((line) => line.trim())).toContain(
      `${grown > 0 ? '+' : ''}${grown.toFixed(1)} %`,
    );
  });

  it('the trend has the points of the command line, with the period before', async () => {
    await expectTrendTable('Trend', trend);
    const { data } = await analyst.ask('trend', trend);
    const [, ...rows] = await analyst.rows('Trend');
    expect(rows.map((cells) => readCount(cells[2] ?? ''))).toEqual(
      data.series[0]?.points.map((point) => point.previous),
    );
  });

  it('the trend by country has every series', async () => {
    const card = analyst.card('Trend');
    await card.getByRole('combobox', { name: 'Break down by' }).selectOption('country');
    await settle(analyst.page);
    await expectTrendTable('Trend', { ...trend, breakdown: 'country', limit: 7 });
    await card.getByRole('combobox', { name: 'Break down by' }).selectOption('');
    await settle(analyst.page);
  });

  it('hours and rankings are those of the command line', async () => {
    const count = { ...base, kind: 'trend', interval: 'month', limit: 8 };
    const hours = await expectTrendTable('Hour × day', { ...base, kind: 'trend', interval: 'hourOfWeek' });
    await analyst.card('Hour × day').getByRole('application').focus();
    await analyst.page.keyboard.press('ArrowRight');
    const [monday] = hours.data.series[0]?.points ?? [];
    const { rows: said } = await analyst.tooltip('Hour × day');
    expect(said.map(([name, count = '']) => [name, readCount(count)])).toEqual([['Events', monday?.value]]);
    await analyst.page.keyboard.press('Escape');
    const rankings = [
      ['Top events', { ...count, breakdown: 'eventType' }],
      ['Top pages', { ...count, breakdown: 'page.path', event: { anyOf: [...DEFAULT_ROLES.pageViews] } }],
      ['Places', { ...count, measure: 'users', breakdown: 'country' }],
    ] as const;
    for (const [title, report] of rankings) {
      const { data } = await analyst.ask('trend', report);
      const [, ...rows] = await analyst.rows(title);
      expect(rows.map((cells) => [cells[0], readCount(cells[1] ?? '')])).toEqual(
        data.series.map(({ key, total }) => [key, total]),
      );
    }
    const { data } = await analyst.ask('trend', { ...count, breakdown: 'eventType' });
    const whole = data.series.reduce((sum, { total }) => sum + (total ?? 0), 0);
    const [, ...rows] = await analyst.rows('Top events');
    expect(rows.map((cells) => cells[2])).toEqual(
      data.series.map(({ total }) => percent((total ?? 0) / whole)),
    );
  });

  it('a key figure opens exactly its users', async () => {
    const { data } = await analyst.ask('kpis', kpis);
    for (const [name, size] of [
      ['Users', data.users],
      ['New users', data.newUsers],
    ] as const) {
      await analyst.page.getByRole('group', { name, exact: true }).getByRole('button').click();
      const drawer = await analyst.drawer();
      expect(drawer.size).toBe(size);
      expect(readCount(drawer.title.split(' ')[0] ?? '')).toBe(size);
      await analyst.page.keyboard.press('Escape');
    }
  });

  it('a point of the trend, reached by keys, opens exactly its users', async () => {
    const { data } = await analyst.ask('trend', trend);
    await analyst.card('Trend').getByRole('application').focus();
    await analyst.page.keyboard.press('Home');
    await analyst.page.keyboard.press('ArrowRight');
    const second = data.series[0]?.points[1];
    const { heading, rows } = await analyst.tooltip('Trend');
    expect(heading).toContain('Jun 2');
    expect(rows).toEqual([
      ['Users', String(second?.value), expect.stringMatching(new RegExp(`^${second?.previous} `))],
    ]);
    await analyst.page.keyboard.press('Enter');
    expect((await analyst.drawer()).size).toBe(data.series[0]?.points[1]?.value);
    await analyst.page.keyboard.press('Escape');
  });

  it('a click on a value filters every figure by it, and the way back leads out again', async () => {
    await analyst.card('Places').getByRole('button', { name: /^DE/ }).click();
    await settle(analyst.page);
    const filters = [{ field: 'country', op: 'eq', value: 'DE' }];
    const { data } = await analyst.ask('kpis', { ...kpis, filters });
    const users = analyst.page.locator('[data-kpi="users"]');
    expect(await users.getAttribute('data-value')).toBe(String(data.users));
    const all = await analyst.ask('kpis', kpis);
    const chip = analyst.page.getByRole('button', { name: 'Country is DE', exact: true });
    await chip.focus();
    for (const shown of [all.data.users, data.users]) {
      await analyst.page.keyboard.press(' '); // mutes the filter, then lets it act again
      await settle(analyst.page);
      expect(await users.getAttribute('data-value')).toBe(String(shown));
      expect(await chip.getAttribute('aria-expanded')).toBe('false');
      // What was drawn over the answer before is what a chart is that draws this one first.
      const drawn = await drawnTrend();
      const table = analyst.card('Trend').getByRole('button', { name: 'Table', exact: true });
      await table.click();
      await table.click();
      await settle(analyst.page);
      expect(drawn.length).toBeGreaterThan(20);
      expect(drawn).toEqual(await drawnTrend());
      await chip.focus();
    }
    for (let step = 0; step < 3; step += 1) await analyst.page.keyboard.press('Alt+ArrowLeft');
    await settle(analyst.page);
    expect(await users.getAttribute('data-value')).toBe(String(all.data.users));
  });
});
