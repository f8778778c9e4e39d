import { useEffect } from 'react';
import { create } from 'zustand';
import type { OpenedReport } from '../../shared/ipc/reportFiles';
import type { ReportInput, ReportKind } from '../../shared/reports/report';
import { client } from '../client/client';
import { showToast } from './toast';
import { NOTICES } from '../text/notices';

/** A report file as it was read or written last. */
interface KeptFile {
  readonly path: string;
  readonly name: string;
  readonly kind: ReportKind;
  /** What it holds, as the report on screen; empty when that is not known yet. */
  readonly content: string;
}

interface CurrentReport {
  /** The main report of the view on screen; what is saved. */
  readonly report: ReportInput | null;
  /** The file it was opened from or saved to, with what the file holds. */
  readonly file: KeptFile | null;
}

export const useCurrentReport = create<CurrentReport>(() => ({ report: null, file: null }));

/** Tells which report the view on screen shows; a card that does not hold it says nothing. */
export function useShownReport(report: ReportInput | null, isHeld = true): void {
  const key = JSON.stringify(report);
  useEffect(() => {
    if (!isHeld) return undefined;
    useCurrentReport.setState({ report: JSON.parse(key) as ReportInput | null });
    return () => useCurrentReport.setState({ report: null });
  }, [key, isHeld]);
}

/** The file that the report on screen stands in; a file of another kind belongs to another view. */
export const fileOf = ({ report, file }: CurrentReport): KeptFile | null =>
  report !== null && file?.kind === report.kind ? file : null;

/** Remembers the file that a report stands in; without `content` it is what is about to be shown. */
export function keepFile({ path, name, report }: OpenedReport, content?: ReportInput): void {
  const text = content === undefined ? '' : JSON.stringify(content);
  useCurrentReport.setState({ file: { path, name, kind: report.kind, content: text } });
}

/** Saves the report on screen to its file, or to one the person chooses. */
export async function saveCurrentReport(as = false): Promise<void> {
  const { report } = useCurrentReport.getState();
  const file = fileOf(useCurrentReport.getState());
  if (!report) {
    showToast(NOTICES.nothingToSave, { level: 'warning' });
    return;
  }
  try {
    const saved = await client.call('reportFiles.save', {
      report,
      ...(file && !as ? { path: file.path } : {}),
    });
    if (!saved) return;
    keepFile(saved, report);
    showToast(NOTICES.savedTo(saved.path));
  } catch (error) {
    showToast(error instanceof Error ? error.message : String(error), { level: 'problem' });
  }
}
