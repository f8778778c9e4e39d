import { create } from 'zustand';
import type { ReportEvent } from '../../../shared/reports/filters';
import type { ReportInput, ReportOf } from '../../../shared/reports/report';
import type { ReportBase } from '../../state/useReportBase';
import { PATHS } from '../../text/paths';

/** What is asked of paths. */
export interface PathsDraft {
  readonly start: ReportEvent | null;
  readonly end: ReportEvent | null;
  readonly unit: 'session' | 'user';
  readonly by: 'event' | 'page';
  readonly steps: number;
  readonly hide: readonly ReportEvent[];
  readonly collapseRepeats: boolean;
  readonly topNodes: number;
}

const DEFAULT: PathsDraft = {
  start: null,
  end: null,
  unit: PATHS.sessionUnit,
  by: 'event',
  steps: 5,
  hide: [],
  collapseRepeats: true,
  topNodes: 8,
};

export const usePathsDraft = create<{ readonly draft: PathsDraft }>(() => ({ draft: DEFAULT }));

/** Changes what is asked. */
export function changePaths(change: Partial<PathsDraft>): void {
  usePathsDraft.setState(({ draft }) => ({ draft: { ...draft, ...change } }));
}

/** The report of a draft. */
export function pathsReport(
  draft: PathsDraft,
  base: ReportBase,
  title: string = PATHS.paths,
): ReportInput & { kind: 'paths' } {
  const { start, end, hide, ...rest } = draft;
  return {
    ...base,
    kind: 'paths',
    title,
    ...rest,
    hide: [...hide],
    ...(start === null ? {} : { start }),
    ...(end === null ? {} : { end }),
  };
}

/** The draft of a report opened from a file. */
export function draftOfPaths(report: ReportOf<'paths'>): PathsDraft {
  const { unit, by, steps, hide, collapseRepeats, topNodes } = report;
  return {
    start: report.start ?? null,
    end: report.end ?? null,
    unit,
    by,
    steps,
    hide,
    collapseRepeats,
    topNodes,
  };
}
