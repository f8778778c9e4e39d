import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../shared/reports/result';
import { openAnalyst, percent, plain, readCount, type Analyst, type ReportFile } from './harness/analyst';
import { expectPictures } from './harness/pictures';
import { goTo, settle } from './harness/scenes';

let analyst: Analyst;
let report: ReportFile;
let result: Result<'retention'>;

beforeAll(async () => {
  analyst = await openAnalyst();
  await goTo(analyst.page, 'Retention');
  await settle(analyst.page);
  report = await analyst.save();
  result = await analyst.ask('retention', report);
});
afterAll(() => analyst.close());

describe('retention', () => {
  it('every cell shows the share and the users of the command line, and says when it is not complete', async () => {
    const { cohorts, mean } = result.data;
    expect(cohorts.length).toBe(4);
    const rows = analyst.card('Cohorts').locator('tbody tr');
    for (const [index, cohort] of cohorts.entries()) {
      const cells = rows.nth(index).getByRole('button');
      const labels = await cells.evaluateAll((buttons) =>
        buttons.map((button) => button.getAttribute('aria-label') ?? ''),
      );
      const texts = (await cells.allInnerTexts()).map(plain);
      cohort.cells.forEach((cell, period) => {
        const label = labels[period] ?? '';
        expect(label).toContain(`, ${cell.users} of ${cohort.size} users`);
        expect(/, (incomplete|not begun yet)$/.test(label)).toBe(!cell.complete);
        if (!label.endsWith('not begun yet'))
          expect(texts[period]).toBe(percent(cohort.size > 0 ? cell.users / cohort.size : null));
      });
    }
    const foot = (await analyst.card('Cohorts').locator('tfoot td').allInnerTexts()).map(plain).slice(1);
    expect(foot).toEqual(mean.map((rate) => percent(rate)));
  });

  it('the table holds every cell', async () => {
    const [, ...rows] = await analyst.rows('Cohorts');
    expect(rows.map((cells) => cells.slice(1, 5))).toEqual(
      result.data.cohorts.flatMap(({ size, cells }) =>
        cells.map(({ period, users }) => [
          String(size),
          String(period),
          String(users),
          percent(size > 0 ? users / size : null),
        ]),
      ),
    );
  });

  it('a cell, reached by keys, opens exactly its users', async () => {
    const { page } = analyst;
    const cells = analyst.card('Cohorts').locator('tbody').getByRole('button');
    await cells.first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect((await analyst.drawer()).size).toBe(result.data.cohorts[1]?.cells[1]?.users);
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.className')).toContain('wm-cell');
  });

  it('users instead of shares, another interval, another rule: all as the command line counts', async () => {
    const { page } = analyst;
    const toolbar = page.getByRole('region', { name: 'Retention of' });
    await toolbar.getByRole('combobox', { name: 'Interval' }).selectOption('day');
    await toolbar.getByRole('combobox', { name: 'Rule' }).selectOption('onOrAfter');
    await settle(page);
    const asked = await analyst.save();
    expect(asked).toMatchObject({ interval: 'day', rule: 'onOrAfter' });
    const { data } = await analyst.ask('retention', asked);
    const [, ...rows] = await analyst.rows('Cohorts');
    expect(rows.map((cells) => readCount(cells[3] ?? ''))).toEqual(
      data.cohorts.flatMap(({ cells }) => cells.map(({ users }) => users)),
    );
    const curves = await analyst.rows('Curves');
    expect(curves.slice(1).map((cells) => cells[1])).toEqual(data.mean.map((rate) => percent(rate)));
    await analyst.card('Curves').getByRole('application').focus();
    await analyst.page.keyboard.press('Home');
    const [mean, ...others] = (await analyst.tooltip('Curves')).rows;
    expect(mean).toEqual(['Mean', percent(data.mean[1])]);
    const first = data.cohorts.flatMap(({ size, cells }) =>
      cells
        .filter(({ period, complete }) => period === 1 && complete)
        .map(({ users }) => [percent(users / size), String(users)]),
    );
    expect(first).toEqual(expect.arrayContaining(others.map((cells) => cells.slice(1))));
    expect(others.length).toBe(Math.min(7, first.length));
  });

  it('exports what it shows', async () => {
    const asked = await analyst.save();
    expect((await analyst.exportAs('Cohorts', 'CSV, all rows')).toString()).toBe(await analyst.askCsv(asked));
    const shown = await analyst.ask('retention', asked);
    await expectPictures(
      analyst,
      'Cohorts',
      shown,
      shown.data.cohorts.map(({ size }) => String(size)),
    );
  });
});
