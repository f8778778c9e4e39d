import { create } from 'zustand';
import type { ReportInput, ReportOf } from '../../../shared/reports/report';
import type { ReportBase } from '../../state/useReportBase';

/** What is asked of paths. */
export interface PathsDraft {
  readonly start: string | null;
  readonly end: string | null;
  readonly unit: 'session' | 'user';
  readonly by: 'event' | 'page';
  readonly steps: number;
  readonly hide: readonly string[];
  readonly collapseRepeats: boolean;
  readonly topNodes: number;
}

const DEFAULT: PathsDraft = {
  start: null,
  end: null,
  unit: 'session',
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
export function pathsReport(draft: PathsDraft, base: ReportBase): ReportInput & { kind: 'paths' } {
  const { start, end, hide, ...rest } = draft;
  return {
    ...base,
    kind: 'paths',
    title: 'Paths',
    ...rest,
    hide: [...hide],
    ...(start === null ? {} : { start }),
    ...(end === null ? {} : { end }),
  };
}

const nameOf = (event: ReportOf<'paths'>['start']): string | null =>
  event === undefined ? null : typeof event === 'string' ? event : 'event' in event ? event.event : null;

/** The draft of a report opened from a file. */
export function draftOfPaths(report: ReportOf<'paths'>): PathsDraft {
  const { unit, by, steps, collapseRepeats, topNodes } = report;
  const hide = report.hide.map(nameOf).filter((name) => name !== null);
  return {
    start: nameOf(report.start),
    end: nameOf(report.end),
    unit,
    by,
    steps,
    hide,
    collapseRepeats,
    topNodes,
  };
}
