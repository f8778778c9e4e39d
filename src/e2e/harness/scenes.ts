import type { Page } from 'playwright';
import type { Library } from '../../shared/ipc/library';
import { DAY_MS } from '../../shared/time/units';
import { callFrom, waitUntilOpen, type RunningApp } from './app';

/** How long the slowest answer may take on a busy machine. */
const ANSWERED_WITHIN_MS = 120_000;
/** Two answers that hang together are asked in one go; what follows is asked within a frame. */
const QUIET_MS = 100;

/** Waits until everything on screen answers what is asked: a card says that it is busy from the moment it does not. */
export async function settle(page: Page): Promise<void> {
  const isQuiet: boolean = await page.evaluate(`new Promise((resolve) => {
    const deadline = performance.now() + ${ANSWERED_WITHIN_MS};
    let quietSince = performance.now();
    const look = () => {
      const now = performance.now();
      if (document.querySelector('[aria-busy="true"], .wm-skeleton')) quietSince = now;
      if (now - quietSince >= ${QUIET_MS}) requestAnimationFrame(() => resolve(true));
      else if (now > deadline) resolve(false);
      else setTimeout(look, 10);
    };
    look();
  })`);
  if (!isQuiet) throw new Error('The window still waits for answers.');
}

/** Goes to a view by its name in the rail. */
export async function goTo(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { name, level: 1, exact: true }).waitFor();
}

/** Makes a filter by keys in a builder that is open: field, `is`, value. */
export async function typeFilter(page: Page, field: string, value: string): Promise<void> {
  await page.keyboard.type(field);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type(value);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
}

/** A view with its main answer on screen, as an analyst would bring it about. */
export interface Scene {
  readonly name: string;
  prepare(app: RunningApp): Promise<void>;
}

const openFunnel = async (page: Page): Promise<void> => {
  await goTo(page, 'Funnels');
  const builder = page.getByRole('region', { name: 'Steps' });
  const edit = builder.getByRole('button', { name: 'Edit' });
  if (await edit.isVisible()) await edit.click();
  if ((await builder.getByRole('listitem').count()) === 0) {
    for (const event of ['product_view', 'add_to_cart', 'checkout_start', 'purchase']) {
      const picker = builder.getByRole('combobox', { name: /event/i }).first();
      await picker.fill(event);
      await builder.getByRole('option', { name: event }).first().waitFor();
      await picker.press('Enter');
    }
    await builder.getByRole('combobox', { name: /event/i }).first().press('Escape');
  }
  await page.getByRole('region', { name: 'Funnel', exact: true }).locator('ol').waitFor();
};

/** Every view, in the order of the rail, the journey after the users. */
export const SCENES: readonly Scene[] = [
  { name: 'overview', prepare: ({ window }) => goTo(window, 'Overview') },
  { name: 'funnels', prepare: ({ window }) => openFunnel(window) },
  { name: 'paths', prepare: ({ window }) => goTo(window, 'Paths') },
  { name: 'retention', prepare: ({ window }) => goTo(window, 'Retention') },
  { name: 'users', prepare: ({ window }) => goTo(window, 'Users') },
  {
    name: 'journey',
    async prepare({ window }) {
      await goTo(window, 'Users');
      const card = window.getByRole('region', { name: 'Users', exact: true });
      await card.getByRole('button', { name: 'Sessions', exact: true }).click();
      await settle(window);
      await card.getByRole('row').nth(1).click();
      await window.getByRole('heading', { name: 'Journey', level: 1 }).waitFor();
    },
  },
  { name: 'live', prepare: ({ window }) => goTo(window, 'Live') },
  { name: 'data', prepare: ({ window }) => goTo(window, 'Data') },
  { name: 'dashboards', prepare: ({ window }) => goTo(window, 'Dashboards') },
  {
    name: 'connections',
    async prepare({ window }) {
      await goTo(window, 'Connections');
      const first = window.getByRole('region', { name: 'Saved connections' }).locator('[aria-pressed]');
      await first.first().click();
      await window.getByRole('button', { name: 'Test', exact: true }).click();
      await window.getByRole('status', { name: 'Test' }).waitFor();
    },
  },
  { name: 'settings', prepare: ({ window }) => goTo(window, 'Settings') },
];

/** What somebody who works with the shop would have kept by an instant: a dashboard, a segment, notes on dates. */
export async function keepLibrary(app: RunningApp, end: number, timezone = 'Europe/Berlin'): Promise<void> {
  // From a window beside it: windows hear of what others keep.
  const opening = app.electron.waitForEvent('window');
  await app.call('window.open', {});
  const beside = await opening;
  await waitUntilOpen(beside);
  const at = (daysAgo: number): string => new Date(end - daysAgo * DAY_MS).toISOString();
  const library: Pick<Library, 'annotations' | 'segments'> = {
    annotations: [
      { id: 'outage', at: at(18), text: 'Payments down on phones' },
      { id: 'campaign', at: at(9), text: 'Autumn campaign' },
    ],
    segments: [
      {
        id: 'germany',
        name: 'Germany, on a phone',
        filters: [
          { field: 'country', op: 'eq', value: 'DE' },
          { field: 'device', op: 'eq', value: 'mobile' },
        ],
      },
    ],
  };
  for (const item of library.annotations)
    await callFrom(beside, 'library.put', { shelf: 'annotations', item });
  for (const item of library.segments) await callFrom(beside, 'library.put', { shelf: 'segments', item });
  const range = {
    from: at(30).slice(0, 10),
    to: at(0).slice(0, 10),
    timezone,
    weekStart: 'monday',
  } as const;
  const base = { version: 1, range } as const;
  const card = { height: 4 } as const;
  await callFrom(beside, 'library.put', {
    shelf: 'dashboards',
    item: {
      id: 'shop',
      name: 'Shop',
      range,
      cards: [
        {
          ...card,
          id: 'trend',
          chart: 'trend',
          column: 0,
          row: 0,
          width: 8,
          report: { ...base, kind: 'trend', title: 'Users by device', measure: 'users', breakdown: 'device' },
        },
        {
          ...card,
          id: 'events',
          chart: 'rank:Top events',
          column: 8,
          row: 0,
          width: 4,
          report: {
            ...base,
            kind: 'trend',
            title: 'Top events',
            measure: 'events',
            interval: 'month',
            breakdown: 'eventType',
            limit: 8,
          },
        },
        {
          ...card,
          id: 'funnel',
          chart: 'funnel',
          column: 0,
          row: 4,
          width: 6,
          report: {
            ...base,
            kind: 'funnel',
            title: 'Checkout',
            steps: ['product_view', 'add_to_cart', 'checkout_start', 'purchase'],
          },
        },
        {
          ...card,
          id: 'curves',
          chart: 'curves',
          column: 6,
          row: 4,
          width: 6,
          report: {
            ...base,
            kind: 'retention',
            title: 'They come back',
            start: 'page_visit',
            interval: 'day',
            periods: 14,
          },
        },
      ],
    },
  });
  await beside.close();
}
