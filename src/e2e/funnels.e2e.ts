import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../shared/reports/result';
import {
  openAnalyst,
  percent,
  plain,
  readCount,
  saysDuration,
  type Analyst,
  type ReportFile,
} from './harness/analyst';
import { expectPictures } from './harness/pictures';
import { goTo, SCENES, settle, typeFilter } from './harness/scenes';

const REASONS = {
  noNextEvent: 'No matching event afterwards',
  windowExceeded: 'Came too late for the window',
  exclusion: 'Did an excluded event',
  undecided: 'Could still get there',
} as const;
let analyst: Analyst;
let report: ReportFile;
let result: Result<'funnel'>;

beforeAll(async () => {
  analyst = await openAnalyst();
  await SCENES.find((scene) => scene.name === 'funnels')?.prepare(analyst.app);
  await settle(analyst.page);
  report = await analyst.save();
  result = await analyst.ask('funnel', report);
});
afterAll(() => analyst.close());

const columns = (): Promise<string[]> =>
  analyst
    .card('Funnel')
    .locator('ol > li')
    .allInnerTexts()
    .then((texts) => texts.map(plain));

describe('a funnel built by typing', () => {
  it('saves the report that the command line runs unchanged', () => {
    expect(report).toMatchObject({
      version: 1,
      kind: 'funnel',
      range: { from: '2026-06-01', to: '2026-06-28' },
      steps: ['product_view', 'add_to_cart', 'checkout_start', 'purchase'],
    });
    expect(result.data.entrants).toBeGreaterThan(50);
    expect(result.data.converted).toBeGreaterThan(5);
  });

  it('prints the figures of every step as the command line has them', async () => {
    const texts = await columns();
    result.data.steps.forEach((step, index) => {
      const text = texts[index] ?? '';
      expect(text).toContain(step.label);
      expect(text).toContain(percent(step.ofFirst));
      expect(text.split(/\s+/)).toContain(String(step.count));
      if (index === 0) return;
      expect(text).toContain(`${step.dropped} dropped`);
      expect(text).toContain(`${percent(step.ofPrevious)} of step ${index}`);
      const [, median = ''] = /of step \d+\s+(.+) median/.exec(text) ?? [];
      expect([median, saysDuration(median, step.secondsFromPrevious.median)]).toEqual([median, true]);
      if (step.undecided > 0) expect(text).toContain(`${step.undecided} undecided`);
    });
    const [, ...rows] = await analyst.rows('Funnel');
    expect(rows.map((cells) => [cells[1], ...cells.slice(2, 7)])).toEqual(
      result.data.steps.map((step) => [
        step.label,
        String(step.count),
        percent(step.ofFirst),
        percent(step.ofPrevious),
        String(step.dropped),
        String(step.undecided),
      ]),
    );
  });

  it('every bar and every drop opens exactly its users', async () => {
    const { page } = analyst;
    for (const [index, step] of result.data.steps.entries()) {
      const marks = [
        [`${step.count} users reached ${step.label}`, 'reached', step.count],
        [`${step.dropped} users dropped before ${step.label}`, 'dropped', step.dropped],
        [`${step.undecided} users could still reach ${step.label}`, 'undecided', step.undecided],
      ] as const;
      for (const [name, outcome, size] of marks) {
        if (size === 0 || (index === 0 && outcome !== 'reached')) continue;
        await analyst.card('Funnel').getByRole('button', { name, exact: true }).click();
        const drawer = await analyst.drawer();
        expect([name, drawer.size]).toEqual([name, size]);
        const listed = await analyst.ask('funnel', { ...report, users: { step: index + 1, outcome } });
        expect(listed.data.users?.length).toBe(size);
        await page.keyboard.press('Escape');
      }
    }
  });

  it('a list says why each one dropped, and leads to the journey with the steps marked', async () => {
    const { page } = analyst;
    await page.getByRole('button', { name: /dropped before add_to_cart/ }).click();
    await analyst.drawer();
    const listed = await analyst.ask('funnel', { ...report, users: { step: 2, outcome: 'dropped' } });
    const details = page.getByRole('complementary', { name: 'Details' });
    const [first] = listed.data.users ?? [];
    const row = details.getByRole('row').filter({ hasText: first?.userId ?? 'nobody' });
    const reason = REASONS[first?.reason ?? 'undecided'];
    expect(await row.innerText()).toContain(reason);
    await row.getByRole('button').press('Enter');
    await page.getByRole('heading', { name: 'Journey', level: 1 }).waitFor();
    await settle(page);
    await page.getByTitle('Step 1 of the funnel').first().waitFor();
    expect(await page.getByText(`${reason}.`, { exact: true }).count()).toBe(1);
    await page.keyboard.press('Alt+ArrowLeft');
    await page.getByRole('heading', { name: 'Funnels', level: 1 }).waitFor();
    await row.locator('button:focus').waitFor();
    await page.keyboard.press('Control+j');
    // The bar it was opened from is drawn anew since.
    await page.locator('button:focus[aria-label*="dropped before add_to_cart"]').waitFor();
    await settle(page);
  });

  it('Escape leaves a picker for the button that opened it', async () => {
    const { page } = analyst;
    const steps = page.getByRole('region', { name: 'Steps' });
    for (const name of ['Add step', 'or', 'Step 2: add_to_cart']) {
      await steps.getByRole('button', { name, exact: true }).first().press('Enter');
      await steps.getByRole('combobox', { name: /event/i }).press('Escape');
      await steps.getByRole('button', { name, exact: true }).and(page.locator(':focus')).waitFor();
    }
  });

  it('trend, activity and time to convert are those of the answer', async () => {
    const details = analyst.page.getByRole('region', {
      name: /^(Conversion trend|Activity|Time to convert)$/,
    });
    const open = async (name: string): Promise<string[][]> => {
      await details
        .getByRole('radio', { name })
        .or(details.getByRole('button', { name, exact: true }))
        .first()
        .click();
      const title = await details.getByRole('heading').innerText();
      const [, ...rows] = await analyst.rows(title);
      return rows;
    };
    const { trend, timeline, timeToConvert } = result.data;
    const trendRows = await open('Trend');
    expect(trendRows.map((cells) => [...cells.slice(1, 3).map(readCount), cells[3]])).toEqual(
      trend.map(({ entrants, converted }) => [
        entrants,
        converted,
        percent(entrants > 0 ? converted / entrants : null),
      ]),
    );
    const tooltip = async (title: string): Promise<string[][]> => {
      await analyst.card(title).getByRole('application').focus();
      await analyst.page.keyboard.press('Home');
      const { rows } = await analyst.tooltip(title);
      return rows.sort(([a = ''], [b = '']) => b.localeCompare(a));
    };
    const [first] = trend;
    const counts = [
      ['Entered', String(first?.entrants)],
      ['Converted', String(first?.converted)],
    ];
    const shown = details.getByRole('combobox', { name: 'Show' });
    await shown.selectOption('rate');
    expect(await tooltip('Conversion trend')).toEqual([
      ...counts,
      ['Conversion', percent((first?.converted ?? 0) / (first?.entrants ?? 0))],
    ]);
    await shown.selectOption('counts');
    expect(await tooltip('Conversion trend')).toEqual(counts);
    const activity = await open('Activity');
    expect(activity.map((cells) => cells.slice(1).map(readCount))).toEqual(
      timeline.map(({ counts }) => counts),
    );
    const times = await open('Time to convert');
    expect(times.map((cells) => readCount(cells[cells.length - 1] ?? ''))).toEqual(
      timeToConvert.map(({ users }) => users),
    );
    expect(await tooltip('Time to convert')).toEqual([['Users', String(timeToConvert[0]?.users)]]);
  });

  it('a breakdown shows each value, and its numbers open their users', async () => {
    const { page } = analyst;
    await page.getByRole('combobox', { name: 'Break down by' }).selectOption('device');
    await page.getByRole('region', { name: 'Breakdown', exact: true }).waitFor();
    await settle(page);
    const broken = await analyst.save();
    const { data } = await analyst.ask('funnel', broken);
    const [, ...rows] = await analyst.rows('Breakdown');
    expect(rows.map((cells) => [cells[0], ...cells.slice(1, 5).map(readCount), cells[5]])).toEqual(
      (data.breakdown ?? []).map(({ value, steps }) => [
        value,
        ...steps.map((step) => step.count),
        percent(steps.at(-1)?.ofFirst),
      ]),
    );
    const median = (cells: string[]): boolean => {
      const own = data.breakdown?.find(({ value }) => value === cells[0]);
      return saysDuration(cells[6] ?? '', own?.steps.at(-1)?.secondsFromFirst.median);
    };
    expect(rows.filter((cells) => !median(cells))).toEqual([]);
    const [most] = data.breakdown ?? [];
    await page
      .getByRole('row')
      .filter({ hasText: most?.value ?? '' })
      .getByRole('button', { name: String(most?.steps[1]?.count), exact: true })
      .first()
      .click();
    expect((await analyst.drawer()).size).toBe(most?.steps[1]?.count);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: most?.value ?? '', exact: true }).click();
    const chip = page.getByText(`Device is ${most?.value ?? ''}`, { exact: true });
    await chip.waitFor();
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    // Also from another view what was cleared comes back.
    await goTo(page, 'Settings');
    await page.keyboard.press('Control+z');
    await chip.waitFor();
    await goTo(page, 'Funnels');
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await page.getByRole('combobox', { name: 'Break down by' }).selectOption('');
    await settle(page);
  });

  it('exports what it shows', async () => {
    expect((await analyst.exportAs('Funnel', 'CSV, all rows')).toString()).toBe(
      await analyst.askCsv(await analyst.save()),
    );
    await expectPictures(
      analyst,
      'Funnel',
      result,
      result.data.steps.flatMap((step) => [step.label, String(step.count)]),
    );
  });

  it('says so when nobody entered, with the ways to more', async () => {
    const { page } = analyst;
    await page.getByRole('heading', { name: 'Funnels', level: 1 }).click();
    await page.keyboard.press('f');
    await typeFilter(page, 'Country', 'Atlantis');
    const card = analyst.card('Funnel');
    await card.getByText('Nobody did product_view in this range.').waitFor();
    expect(await page.getByRole('region', { name: 'Conversion trend' }).count()).toBe(0);
    await card.getByRole('button', { name: 'Clear filters' }).click();
    await card.locator('ol').waitFor();
  });
});

/** Opens an empty builder and enters names, all before anything can have been answered. */
const ENTERED_AT_ONCE = `(async () => {
  const drawn = async () => { for (let turn = 0; turn < 20; turn += 1) await null; };
  [...document.querySelectorAll('nav a')].find((link) => link.textContent === 'Funnels').click();
  await drawn();
  const field = document.querySelector('.wm-builder input[role="combobox"]');
  const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  for (const text of ['product', 'add_to', 'nobody_does']) {
    write.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await drawn();
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    await drawn();
  }
  return [field.value, document.querySelectorAll('.wm-step').length, document.querySelectorAll('.wm-early > div').length];
})()`;

describe('a funnel typed before the list of events is there', () => {
  it('takes the best of the list once it comes, and what no event is called only by choice', async () => {
    const { page } = analyst;
    await page.reload();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    expect(await page.evaluate(ENTERED_AT_ONCE)).toEqual(['', 0, 3]);
    const steps = page.getByRole('region', { name: 'Steps' });
    await steps.getByText('No event is called “nobody_does”.').waitFor();
    expect(await steps.locator('.wm-step-name').allInnerTexts()).toEqual(['product_view', 'add_to_cart']);
    const picker = steps.getByRole('combobox', { name: 'Event of step 3' });
    expect(await picker.inputValue()).toBe('nobody_does');
    await picker.press('Enter');
    expect(await steps.locator('.wm-step').count()).toBe(2);
    await picker.press('ArrowDown');
    await picker.press('Enter');
    await steps.getByRole('button', { name: 'Step 3: nobody_does' }).waitFor();
  });
});
