/** The app's own proof that it works, without a person: `--smoke FOLDER` opens, answers, draws and ends. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserWindow, NativeImage } from 'electron';
import { z } from 'zod';
import { KPI_NAMES, type ReportInput } from '../shared/reports/report';
import { kpisDataSchema } from '../shared/reports/result';
import type { SmokeRun } from './smokeRun';

const DRAWN_WITHIN_MS = 60_000;
/** One question to the page; a page that was replaced meanwhile never answers it. */
const ASK_WITHIN_MS = 10_000;
const POLL_MS = 25;
/** A blank page has one or two colours, a drawn one hundreds. */
const MIN_COLOURS = 16;

/** What the page shows: whether the frame is there, the state of the Overview, and the figures on its cards. */
const pageSchema = z.object({
  isDrawn: z.boolean(),
  overview: z.string().nullable(),
  text: z.string(),
  figures: z.record(z.string(), z.string()),
});
type Page = z.infer<typeof pageSchema>;

const READ_PAGE = `(() => {
  const overview = document.querySelector('[data-testid="overview"]');
  const cards = [...document.querySelectorAll('[data-kpi]')];
  return {
    isDrawn: document.querySelector('main h1') !== null,
    overview: overview && overview.getAttribute('data-state'),
    text: document.querySelector('main')?.innerText.slice(0, 500) ?? '',
    figures: Object.fromEntries(cards.map((card) => [card.dataset.kpi, card.dataset.value])),
  };
})()`;

/** The promise's value, or undefined when it does not come in time; the promise is then forgotten. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, limitMs, undefined)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readPage(window: BrowserWindow): Promise<Page | undefined> {
  const page: unknown = await within(ASK_WITHIN_MS, window.webContents.executeJavaScript(READ_PAGE));
  return page === undefined ? undefined : pageSchema.parse(page);
}

async function waitForPage(
  window: BrowserWindow,
  isThere: (page: Page) => boolean,
  findFailure: () => string | undefined = () => undefined,
): Promise<Page> {
  const deadline = Date.now() + DRAWN_WITHIN_MS;
  for (;;) {
    const page = await readPage(window);
    if (page && isThere(page)) return page;
    const failure = findFailure();
    if (failure !== undefined) throw new Error(failure);
    if (Date.now() > deadline)
      throw new Error(
        `Not drawn within ${DRAWN_WITHIN_MS / 1000} s: ${page?.text ?? 'the page does not answer'}`,
      );
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The report's answer by the page's own way: preload, IPC, analytics process, and back. */
async function askThroughPage(window: BrowserWindow, report: ReportInput): Promise<Record<string, string>> {
  const reply: unknown = await window.webContents.executeJavaScript(
    `window.waymark.call({ id: 'smoke', channel: 'report.run', request: { report: ${JSON.stringify(report)} } })`,
  );
  const { value } = z.object({ value: z.object({ data: kpisDataSchema }) }).parse(reply);
  return Object.fromEntries(KPI_NAMES.map((kpi) => [kpi, String(value.data[kpi])]));
}

function countColours(picture: NativeImage): number {
  const pixels = picture.toBitmap();
  const colours = new Set<number>();
  for (let at = 0; at + 4 <= pixels.length && colours.size < MIN_COLOURS; at += 4) {
    colours.add(pixels.readUInt32LE(at));
  }
  return colours.size;
}

/** A picture of the window, once there is something on it. */
async function waitForPicture(window: BrowserWindow): Promise<NativeImage> {
  const deadline = Date.now() + DRAWN_WITHIN_MS;
  for (;;) {
    // A window that is not shown yet may never answer.
    const picture = await within(ASK_WITHIN_MS, window.webContents.capturePage());
    if (picture && countColours(picture) >= MIN_COLOURS) return picture;
    if (Date.now() > deadline)
      throw new Error(picture ? 'The window is blank.' : 'The window gives no picture.');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/**
 * Waits until the window is drawn, and with a report until its figures stand on the Overview's cards; compares them
 * with the answer the page gets for the same report. Writes `smoke.png` into the folder, and ends the run.
 */
export async function runSmoke(options: {
  run: SmokeRun;
  window: BrowserWindow;
  folder: string;
  /** A KPI report with a closed range, which the window was opened with. */
  report: ReportInput | undefined;
  /** Instant at which the process was started, ms. */
  startedAt: number;
  /** Why the window has no connection, once that is known. */
  findFailure: () => string | undefined;
}): Promise<void> {
  const { run, window, folder, report, startedAt, findFailure } = options;
  const problems: string[] = [];
  let drawnAfterMs: number | null = null;
  let answeredAfterMs: number | null = null;
  let figures: Record<string, string> = {};
  try {
    await mkdir(folder, { recursive: true });
    run.begin('drawing the page');
    await waitForPage(window, ({ isDrawn }) => isDrawn);
    run.begin('a picture of the page');
    await waitForPicture(window);
    drawnAfterMs = Math.round(Date.now() - startedAt);
    if (report) {
      const finished = new Set(['ready', 'empty', 'error', 'cancelled']);
      run.begin('the report on the Overview');
      const page = await waitForPage(window, ({ overview }) => finished.has(overview ?? ''), findFailure);
      answeredAfterMs = Math.round(Date.now() - startedAt);
      ({ figures } = page);
      if (page.overview !== 'ready') problems.push(`The Overview is ${page.overview}: ${page.text}`);
      run.begin('the same report by the page’s own call');
      const answer = await askThroughPage(window, report);
      for (const [kpi, value] of Object.entries(answer)) {
        if (figures[kpi] !== value)
          problems.push(`The card ${kpi} shows ${figures[kpi]}, the answer is ${value}.`);
      }
    }
    run.begin('the last picture');
    await writeFile(path.join(folder, 'smoke.png'), (await waitForPicture(window)).toPNG());
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  run.begin('the end');
  run.end(problems, { drawnAfterMs, answeredAfterMs, figures });
}
