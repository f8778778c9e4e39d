/** Opens the real window and reads what it shows. */
import { _electron, type Page } from 'playwright';
import { electronArguments } from '../desktop/electronArguments.mjs';
import type { Figure } from './figures.ts';

const SHOWN_WITHIN_MS = 120_000;
const FINISHED = ['ready', 'empty', 'error', 'cancelled'].map((state) => `[data-state="${state}"]`).join(',');

export interface ReadOverviewOptions {
  readonly electron: string;
  /** The app's folder. */
  readonly root: string;
  readonly uri: string;
  readonly database: string;
  /** A kpis report, which the Overview opens on. */
  readonly reportFile: string;
  readonly userDataFolder: string;
  /** Where the picture of the window is written. */
  readonly screenshot: string;
}

/**
 * Starts the app on a report, waits until its Overview shows it, writes a picture of it and returns the figures on
 * its cards. Throws, with what the window says instead, when it shows no figures; the picture is written all the same.
 */
export async function readOverview(options: ReadOverviewOptions): Promise<Figure[]> {
  const app = await _electron.launch({
    executablePath: options.electron,
    args: electronArguments(options.root, [
      `--user-data-dir=${options.userDataFolder}`,
      `--report=${options.reportFile}`,
    ]),
    env: { ...environment(), WAYMARK_URI: options.uri, WAYMARK_DB: options.database },
  });
  try {
    const page = await app.firstWindow({ timeout: SHOWN_WITHIN_MS });
    try {
      const overview = page.getByTestId('overview').and(page.locator(FINISHED));
      await overview.waitFor({ timeout: SHOWN_WITHIN_MS });
      const state = await overview.getAttribute('data-state');
      if (state !== 'ready') throw new Error(`the Overview is ${state}: ${await overview.innerText()}`);
      return await readFigures(page);
    } finally {
      await page.screenshot({ path: options.screenshot });
    }
  } finally {
    await app.close();
  }
}

async function readFigures(page: Page): Promise<Figure[]> {
  const cards = await page.locator('[data-kpi]').all();
  return Promise.all(
    cards.map(async (card) => ({
      kpi: (await card.getAttribute('data-kpi')) ?? '',
      value: (await card.getAttribute('data-value')) ?? 'missing',
      previous: (await card.getAttribute('data-previous')) ?? 'missing',
    })),
  );
}

/** The environment without its undefined entries. */
function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
