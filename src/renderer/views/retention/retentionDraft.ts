import { create } from 'zustand';
import type { ReportEvent } from '../../../shared/reports/filters';
import type { ReportInput, ReportOf } from '../../../shared/reports/report';
import type { ReportBase } from '../../state/useReportBase';
import { RETENTION } from '../../text/retention';

/** What is asked of retention: who starts, what counts as coming back, and in which buckets. */
export interface RetentionDraft {
  readonly start: ReportEvent;
  readonly return: ReportEvent;
  readonly cohort: 'firstTime' | 'recurring';
  readonly interval: 'day' | 'week' | 'month';
  readonly periods: number;
  readonly rule: 'on' | 'onOrAfter';
  readonly rolling: boolean;
}

export const useRetentionDraft = create<{ readonly draft: RetentionDraft }>(() => ({
  draft: {
    start: '*',
    return: '*',
    cohort: 'firstTime',
    interval: 'week',
    periods: 8,
    rule: 'on',
    rolling: false,
  },
}));

/** Changes what is asked. */
export function changeRetention(change: Partial<RetentionDraft>): void {
  useRetentionDraft.setState(({ draft }) => ({ draft: { ...draft, ...change } }));
}

/** The report of a draft. */
export function retentionReport(
  draft: RetentionDraft,
  base: ReportBase,
  title: string = RETENTION.retention,
): ReportInput & { kind: 'retention' } {
  return { ...base, kind: 'retention', title, ...draft };
}

/** The draft of a report opened from a file. */
export function draftOfRetention(report: ReportOf<'retention'>): RetentionDraft {
  const { cohort, interval, periods, rule, rolling } = report;
  return {
    start: report.start,
    return: report.return,
    cohort,
    interval,
    periods,
    rule,
    rolling,
  };
}
