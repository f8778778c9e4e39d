/** How long the app takes from its start to a window one can work in. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { electronArguments } from '../../desktop/electronArguments.mjs';
import { freePort } from '../../processes/freePort.mjs';
import { startLeashed } from '../../processes/startLeashed.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const WITHIN_MS = 60_000;

export interface ColdStart {
  /** From the start of the process to the first painted frame: rail, bars, view. ms */
  readonly usableMs: number;
  /** To the key figures of the Overview, ms. */
  readonly figuresMs: number;
}

/** Starts the app on a database with an empty data folder, as a person would, and ends it again. */
export async function startCold(electron: string, uri: string, database: string): Promise<ColdStart> {
  const userData = await mkdtemp(path.join(tmpdir(), 'waymark-cold-'));
  const port = await freePort();
  const startedAt = Date.now();
  const app = await startLeashed(
    electron,
    electronArguments(ROOT, [
      ...[`--remote-debugging-port=${port}`, '--disable-gpu', `--user-data-dir=${userData}`],
      ...['--uri', uri, '--db', database],
    ]),
  );
  try {
    const browser = await connect(port);
    const context = browser.contexts()[0];
    const page = context?.pages()[0] ?? (await context?.waitForEvent('page'));
    if (!page) throw new Error('The app opened no window.');
    // The page is empty until the frame is drawn in one go, so its first paint is the usable window.
    const painted: number = await page.evaluate(`new Promise((resolve) => {
      const look = () => {
        const [paint] = performance.getEntriesByName('first-contentful-paint');
        if (paint) resolve(performance.timeOrigin + paint.startTime);
        else setTimeout(look, 20);
      };
      look();
    })`);
    const figures: number = await page.evaluate(`new Promise((resolve) => {
      const look = () => {
        if (document.querySelector('[data-kpi][data-value]')) requestAnimationFrame(() => resolve(Date.now()));
        else setTimeout(look, 5);
      };
      look();
    })`);
    await browser.close();
    return { usableMs: painted - startedAt, figuresMs: figures - startedAt };
  } finally {
    await app.kill();
    await rm(userData, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function connect(port: number): ReturnType<typeof chromium.connectOverCDP> {
  for (const deadline = Date.now() + WITHIN_MS; ;) {
    try {
      return await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { noDefaults: true });
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
