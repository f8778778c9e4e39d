/** The app's own proof that it works, without a person: `--smoke FOLDER` opens, answers, draws and ends. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserWindow, NativeImage } from 'electron';
import { z } from 'zod';
import { KPI_NAMES, type ReportInput } from '../shared/reports/report';
import { kpisDataSchema } from '../shared/reports/result';

const DRAWN_WITHIN_MS = 60_000;
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

/** What came of it; written to `smoke.json` and printed. */
export interface SmokeOutcome {
  readonly ok: boolean;
  /** A sentence for each thing that is not as it must be. */
  readonly problems: readonly string[];
  /** ms from the start of the process until the window was drawn. */
  readonly drawnAfterMs: number;
  /** ms from the start of the process until the report stood in the window; null without a report. */
  readonly answeredAfterMs: number | null;
  readonly figures: Readonly<Record<string, string>>;
}

async function readPage(window: BrowserWindow): Promise<Page> {
  return pageSchema.parse(await window.webContents.executeJavaScript(READ_PAGE));
}

async function waitForPage(
  window: BrowserWindow,
  isThere: (page: Page) => boolean,
  findFailure: () => string | undefined = () => undefined,
): Promise<Page> {
  const deadline = Date.now() + DRAWN_WITHIN_MS;
  for (;;) {
    const page = await readPage(window);
    if (isThere(page)) return page;
    const failure = findFailure();
    if (failure !== undefined) throw new Error(failure);
    if (Date.now() > deadline) throw new Error(`Not drawn within ${DRAWN_WITHIN_MS / 1000} s: ${page.text}`);
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
    const picture = await window.webContents.capturePage();
    if (countColours(picture) >= MIN_COLOURS) return picture;
    if (Date.now() > deadline) throw new Error('The window is blank.');
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/**
 * Waits until the window is drawn, and with a report until its figures stand on the Overview's cards; compares them
 * with the answer the page gets for the same report. Writes `smoke.png` and `smoke.json` into the folder.
 */
export async function runSmoke(options: {
  window: BrowserWindow;
  folder: string;
  /** A KPI report with a closed range, which the window was opened with. */
  report: ReportInput | undefined;
  /** Instant at which the process was started, ms. */
  startedAt: number;
  /** Why the window has no connection, once that is known. */
  findFailure: () => string | undefined;
}): Promise<SmokeOutcome> {
  const { window, folder, report, startedAt, findFailure } = options;
  await mkdir(folder, { recursive: true });
  const problems: string[] = [];
  let drawnAfterMs = Number.NaN;
  let answeredAfterMs: number | null = null;
  let figures: Record<string, string> = {};
  try {
    await waitForPage(window, ({ isDrawn }) => isDrawn);
    await waitForPicture(window);
    drawnAfterMs = Math.round(Date.now() - startedAt);
    if (report) {
      const finished = new Set(['ready', 'empty', 'error', 'cancelled']);
      const page = await waitForPage(window, ({ overview }) => finished.has(overview ?? ''), findFailure);
      answeredAfterMs = Math.round(Date.now() - startedAt);
      ({ figures } = page);
      if (page.overview !== 'ready') problems.push(`The Overview is ${page.overview}: ${page.text}`);
      const answer = await askThroughPage(window, report);
      for (const [kpi, value] of Object.entries(answer)) {
        if (figures[kpi] !== value)
          problems.push(`The card ${kpi} shows ${figures[kpi]}, the answer is ${value}.`);
      }
    }
    await writeFile(path.join(folder, 'smoke.png'), (await waitForPicture(window)).toPNG());
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  const outcome = { ok: problems.length === 0, problems, drawnAfterMs, answeredAfterMs, figures };
  await writeFile(path.join(folder, 'smoke.json'), `${JSON.stringify(outcome, null, 2)}\n`);
  return outcome;
}
