import { promises as fs } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { WaymarkError } from '../../shared/errors';
import { recentReportSchema, type OpenedReport, type RecentReport } from '../../shared/ipc/reportFiles';
import { parseReport, type ReportInput } from '../../shared/reports/report';
import { fileFault } from '../storage/fileFault';
import { writeAtomically, type JsonFile } from '../storage/jsonFile';

export const REPORT_EXTENSION = '.report.json';
const MAX_REPORT_BYTES = 1024 * 1024;
const MAX_RECENT = 20;

export const recentReportsSchema = z.object({ reports: z.array(recentReportSchema).max(MAX_RECENT) });
export type RecentReports = z.infer<typeof recentReportsSchema>;

export interface ReportFiles {
  /** Reads and parses a report file and remembers it as recent. */
  open(file: string): Promise<OpenedReport>;
  /** As `open`, but only for a file this app has opened or saved before. */
  openRecent(file: string): Promise<OpenedReport>;
  /** Writes a report exactly as given, once it has been found to be one. */
  save(file: string, report: ReportInput): Promise<OpenedReport>;
  /** Whether the window may name this file: a person chose it in a dialog, now or earlier. */
  isKnown(file: string): Promise<boolean>;
  recent(): Promise<RecentReport[]>;
  forget(file: string | undefined): Promise<void>;
}

/**
 * Reads a JSON file that a person chose.
 * @throws WaymarkError with a sentence when it cannot be read, is larger than `maxBytes`, or is not JSON
 */
export async function readJson(
  file: string,
  { maxBytes, code, what }: { maxBytes: number; code: 'badReport' | 'badInput'; what: string },
): Promise<unknown> {
  const name = path.basename(file);
  let text: string;
  try {
    const { size } = await fs.stat(file);
    if (size > maxBytes) {
      throw new WaymarkError(
        code,
        `${name} is larger than ${maxBytes / 1024 / 1024} MB, so it is no ${what}.`,
      );
    }
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    throw error instanceof WaymarkError ? error : fileFault('read', file, error);
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new WaymarkError(
      code,
      `${name} is not JSON: ${error instanceof Error ? error.message : 'unreadable'}.`,
      { cause: error },
    );
  }
}

async function readReport(file: string): Promise<OpenedReport> {
  const content = await readJson(file, { maxBytes: MAX_REPORT_BYTES, code: 'badReport', what: 'report' });
  return { path: file, name: path.basename(file), report: parseReport(content) };
}

/** Report files and the list of recent ones. */
export function createReportFiles(recentFile: JsonFile<RecentReports>): ReportFiles {
  const known = new Set<string>();

  async function remember(opened: OpenedReport): Promise<void> {
    known.add(opened.path);
    const entry: RecentReport = {
      path: opened.path,
      name: opened.name,
      title: opened.report.title,
      kind: opened.report.kind,
      usedAt: new Date().toISOString(),
    };
    await recentFile.update(({ reports }) => ({
      reports: [entry, ...reports.filter((other) => other.path !== entry.path)].slice(0, MAX_RECENT),
    }));
  }

  const isKnown = async (file: string): Promise<boolean> =>
    known.has(file) || (await recentFile.read()).reports.some((recent) => recent.path === file);

  async function open(file: string): Promise<OpenedReport> {
    const opened = await readReport(path.resolve(file));
    await remember(opened);
    return opened;
  }

  return {
    open,
    isKnown,
    async openRecent(file) {
      if (await isKnown(file)) return open(file);
      throw new WaymarkError(
        'badInput',
        'This file is not among the recent reports; open it by the dialog.',
        {
          path: 'path',
        },
      );
    },
    async save(file, report) {
      const parsed = parseReport(report);
      const target = file.endsWith('.json') ? file : `${file}${REPORT_EXTENSION}`;
      try {
        await writeAtomically(target, `${JSON.stringify(report, null, 2)}\n`);
      } catch (error) {
        throw fileFault('written', target, error);
      }
      const opened: OpenedReport = { path: target, name: path.basename(target), report: parsed };
      await remember(opened);
      return opened;
    },
    recent: async () => (await recentFile.read()).reports,
    async forget(file) {
      await recentFile.update(({ reports }) => ({
        reports: file === undefined ? [] : reports.filter((recent) => recent.path !== file),
      }));
    },
  };
}
