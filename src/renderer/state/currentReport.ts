import { useEffect } from 'react';
import { create } from 'zustand';
import type { OpenedReport } from '../../shared/ipc/reportFiles';
import type { ReportInput } from '../../shared/reports/report';
import { client } from '../client/client';
import { showToast } from './toast';

interface CurrentReport {
  /** The main report of the view on screen; what is saved. */
  readonly report: ReportInput | null;
  /** The file it was opened from or saved to, with what the file holds. */
  readonly file: { readonly path: string; readonly name: string; readonly content: string } | null;
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

/** Remembers the file that the report on screen stands in. */
export function keepFile({ path, name }: OpenedReport, content: ReportInput): void {
  useCurrentReport.setState({ file: { path, name, content: JSON.stringify(content) } });
}

/** Saves the report on screen to its file, or to one the person chooses. */
export async function saveCurrentReport(as = false): Promise<void> {
  const { report, file } = useCurrentReport.getState();
  if (!report) {
    showToast('This view has no report to save.', { level: 'warning' });
    return;
  }
  try {
    const saved = await client.call('reportFiles.save', {
      report,
      ...(file && !as ? { path: file.path } : {}),
    });
    if (!saved) return;
    keepFile(saved, report);
    showToast(`Saved to ${saved.path}`);
  } catch (error) {
    showToast(error instanceof Error ? error.message : String(error), { level: 'problem' });
  }
}
