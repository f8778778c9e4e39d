import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright';
import { inject } from 'vitest';
import { runCli } from '../../cli/testing/runCli';
import type { ReportKind } from '../../shared/reports/report';
import type { Result } from '../../shared/reports/result';
import { launchApp, type LaunchOptions, type RunningApp } from './app';
import { settle } from './scenes';

/** Four whole weeks of the shop's history, well before its end. */
export const JUNE = { from: '2026-06-01', to: '2026-06-28', timezone: 'Europe/Berlin' } as const;

/** A report as an object; a window or the command line reads it as it stands in a file. */
export type ReportFile = Readonly<Record<string, unknown>>;

/** Somebody who works with the window and checks each number by the command line. */
export interface Analyst {
  readonly app: RunningApp;
  readonly page: Page;
  /** A card by its title. */
  card(title: string): Locator;
  /** What the command line answers to a report. */
  ask<K extends ReportKind>(kind: K, report: ReportFile): Promise<Result<K>>;
  /** Saves the report on screen to a new file; gives its content. */
  save(): Promise<ReportFile>;
  /** All rows of a card's table, as copied to the clipboard; the header line first. */
  rows(title: string): Promise<string[][]>;
  /** Exports a card through its menu; gives the bytes of the file. */
  exportAs(title: string, format: 'CSV, all rows' | 'PNG' | 'SVG' | 'PDF'): Promise<Buffer>;
  /** What the command line writes as CSV. */
  askCsv(report: ReportFile): Promise<string>;
  /** What stands at a mark of a chart while it is pointed at: a heading, then the cells of each value. */
  tooltip(title: string): Promise<{ heading: string; rows: string[][] }>;
  /** Heading of the drawer, and how many rows its list has. */
  drawer(): Promise<{ title: string; size: number }>;
  close(): Promise<void>;
}

export interface AnalystOptions extends LaunchOptions {
  /** Connection string of the window; the test run's server by default. */
  readonly uri?: string;
  readonly database?: string;
  /** The report that the window opens with: its range and filters hold for every view. */
  readonly report?: ReportFile;
}

/** Opens the window on the shop, on a report of the key figures of June unless another is given. */
export async function openAnalyst(options: AnalystOptions = {}): Promise<Analyst> {
  const { database = inject('shopDatabase'), uri = inject('mongoUri'), args = [], ...launch } = options;
  const report = options.report ?? { version: 1, title: 'June', kind: 'kpis', range: JUNE };
  const folder = mkdtempSync(path.join(tmpdir(), 'waymark-analyst-'));
  const file = (name: string): string => path.join(folder, name);
  writeFileSync(file('start.report.json'), JSON.stringify(report));
  const app = await launchApp({
    ...launch,
    args: ['--uri', uri, '--db', database, '--report', file('start.report.json'), ...args],
  });
  const page = app.window;
  await page.setDefaultTimeout(20_000);
  let files = 0;

  /** Answers the next save dialogs as a person would. */
  const choose = (target: string): Promise<void> =>
    app.electron.evaluate(({ dialog }, chosen) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
    }, target);
  const card = (title: string): Locator => page.getByRole('region', { name: title, exact: true });
  const runFile = async (content: ReportFile, format: string): Promise<string> => {
    const name = file(`asked-${(files += 1)}.report.json`);
    writeFileSync(name, JSON.stringify(content));
    const { stdout, stderr, exitCode } = await runCli([
      ...['run', name, '--uri', inject('mongoUri'), '--db', database, '--format', format],
    ]);
    if (exitCode !== 0) throw new Error(stderr);
    return stdout;
  };
  const pickExport = async (title: string, entry: string): Promise<void> => {
    await card(title).getByRole('button', { name: 'Export', exact: true }).click();
    const item = page.getByRole('menuitem', { name: entry, exact: true });
    await item.click();
    await item.waitFor({ state: 'detached' });
  };
  return {
    app,
    page,
    card,
    ask: async <K extends ReportKind>(_kind: K, content: ReportFile) =>
      JSON.parse(await runFile(content, 'json')) as Result<K>,
    askCsv: (content) => runFile(content, 'csv'),
    async save() {
      const target = file(`saved-${(files += 1)}.report.json`);
      await choose(target);
      await page.getByRole('button', { name: 'Report', exact: true }).click();
      await page.getByRole('menuitem', { name: 'Save as…' }).click();
      await page.getByText(`Saved to ${target}`).first().waitFor();
      return JSON.parse(readFileSync(target, 'utf8')) as ReportFile;
    },
    async rows(title) {
      await pickExport(title, 'Copy table');
      await page.getByText('Copied', { exact: true }).first().waitFor();
      const text = await app.electron.evaluate(({ clipboard }) => clipboard.readText());
      await app.electron.evaluate(({ clipboard }) => clipboard.clear());
      return text.split('\n').map((line) => line.replace(/\u00a0/g, ' ').split('\t'));
    },
    async exportAs(title, format) {
      const extension = format.slice(0, 3).toLowerCase();
      const target = file(`export-${(files += 1)}.${extension}`);
      await choose(target);
      await pickExport(title, format);
      await page.getByText(`Written to ${target}`).first().waitFor();
      return readFileSync(target);
    },
    async tooltip(title) {
      const shown = card(title).locator('.wm-tooltip');
      await shown.waitFor();
      const rows = await shown.getByRole('row').all();
      return {
        heading: plain(await shown.locator('.wm-tooltip-title').innerText()),
        rows: await Promise.all(
          rows.map(async (row) => (await row.locator('td').allInnerTexts()).map(plain)),
        ),
      };
    },
    async drawer() {
      const details = page.getByRole('complementary', { name: 'Details' });
      const table = details.getByRole('table');
      await table.waitFor();
      await settle(page);
      const rows = Number(await table.getAttribute('aria-rowcount'));
      return { title: (await details.getByRole('heading').first().innerText()).trim(), size: rows - 1 };
    },
    async close() {
      await app.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** "2,268" as a number; "–" is unknown. */
export const readCount = (text: string): number | null =>
  text === '–' ? null : Number(text.replace(/,/g, ''));

/** A rate as it is printed: one decimal. */
export const percent = (rate: number | null | undefined): string =>
  rate == null ? '–' : rate > 0 && rate < 0.001 ? '<0.1 %' : `${(rate * 100).toFixed(1)} %`;

/** Text without the spaces that do not break. */
export const plain = (text: string): string => text.replace(/\u00a0/g, ' ').trim();

const SECONDS: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, min: 60, s: 1 };

/** Whether a text like "3 min 20 s" is a duration, rounded to the second unit (below ten seconds to a tenth). */
export function saysDuration(text: string, seconds: number | null | undefined): boolean {
  if (seconds == null) return text === '–';
  const parts = [...text.matchAll(/([\d.]+) (d|h|min|s)/g)];
  const shown = parts.reduce((sum, [, count, unit = 's']) => sum + Number(count) * (SECONDS[unit] ?? 1), 0);
  const units = Object.values(SECONDS);
  const first = units.indexOf(SECONDS[parts[0]?.[2] ?? 's'] ?? 1);
  const step = seconds < 10 ? 0.1 : (units[first + 1] ?? 1);
  return parts.length > 0 && Math.abs(shown - seconds) <= step / 2 + 1e-9;
}
