import type { OpenedReport } from '../../shared/ipc/reportFiles';
import type { Report } from '../../shared/reports/report';
import { client } from '../client/client';
import { draftOfReport, useFunnelDraft } from '../views/funnels/funnelDraft';
import { draftOfPaths, usePathsDraft } from '../views/paths/pathsDraft';
import { draftOfRetention, useRetentionDraft } from '../views/retention/retentionDraft';
import { useUsersDraft } from '../views/users/usersDraft';
import { draftOfTrend, useTrendDraft } from '../views/overview/trendDraft';
import { keepFile } from './currentReport';
import { changeScope, openView, type ViewName } from './place';
import { keepTitle } from './reportTitles';
import type { Scope } from './scope';
import { showToast } from './toast';

const VIEWS: Readonly<Record<Report['kind'], ViewName>> = {
  kpis: 'overview',
  trend: 'overview',
  funnel: 'funnels',
  paths: 'paths',
  retention: 'retention',
  users: 'users',
  journey: 'journey',
};

/** The scope that a report was written in. */
export function scopeOf(report: Report): Partial<Scope> {
  const { timezone, weekStart, ...range } = report.range;
  return {
    range,
    zone: timezone,
    weekStart,
    segment: null,
    chips: report.filters.map((filter, index) => ({ id: `opened-${index}`, filter, muted: false })),
    compare: 'compare' in report ? report.compare : 'none',
  };
}

/** Shows a report in its view, in its own range, zone and filters. */
export function showReport(report: Report): void {
  switch (report.kind) {
    case 'funnel':
      useFunnelDraft.setState({ draft: draftOfReport(report) });
      break;
    case 'paths':
      usePathsDraft.setState({ draft: draftOfPaths(report) });
      break;
    case 'retention':
      useRetentionDraft.setState({ draft: draftOfRetention(report) });
      break;
    case 'trend':
      useTrendDraft.setState(draftOfTrend(report));
      break;
    case 'kpis':
      useTrendDraft.setState({ isOpened: false });
      break;
    case 'users':
      useUsersDraft.setState({ sort: report.sort, search: report.search ?? '', limit: report.limit });
      break;
    default:
  }
  keepTitle(report.kind, report.title);
  openView(VIEWS[report.kind], report.kind === 'journey' ? { userId: report.userId } : {});
  changeScope(scopeOf(report));
}

/** Shows a report file. */
export function showOpened(opened: OpenedReport): void {
  showReport(opened.report);
  keepFile(opened);
}

/** Asks for a file, or opens a recent one, and shows it. */
export async function openReportFile(path?: string): Promise<void> {
  try {
    const opened =
      path === undefined
        ? await client.call('reportFiles.open')
        : await client.call('reportFiles.openRecent', { path });
    if (opened) showOpened(opened);
  } catch (error) {
    showToast(error instanceof Error ? error.message : String(error), { level: 'problem' });
  }
}
