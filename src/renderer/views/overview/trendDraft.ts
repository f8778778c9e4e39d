import { create } from 'zustand';
import type { ReportInput, ReportOf } from '../../../shared/reports/report';
import type { ReportBase } from '../../state/useReportBase';
import type { CompareChoice } from '../../state/scope';

type TrendReport = ReportOf<'trend'>;
export type Measure = TrendReport['measure'];
export type IntervalName = 'hour' | 'day' | 'week' | 'month';

interface TrendDraft {
  readonly measure: Measure;
  /** Which events; of an opened report. */
  readonly event: TrendReport['event'];
  /** Field; empty for none. */
  readonly breakdown: string;
  /** Values that stand for themselves. */
  readonly limit: number;
  readonly interval: TrendReport['interval'] | 'auto';
  /** It is the report that was opened, so it is the one that is saved. */
  readonly isOpened: boolean;
}

const DEFAULT: TrendDraft = {
  measure: 'users',
  event: '*',
  breakdown: '',
  limit: 7,
  interval: 'auto',
  isOpened: false,
};

/** What the Overview's trend shows; kept while other views are open. */
export const useTrendDraft = create<TrendDraft>(() => DEFAULT);

/** The trend's report; `interval` is the one that suits the range. */
export function trendReport(
  draft: TrendDraft,
  base: ReportBase,
  of: { readonly interval: IntervalName; readonly compare: CompareChoice; readonly title: string },
): ReportInput & { kind: 'trend' } {
  const { measure, event, breakdown, limit, interval } = draft;
  return {
    ...base,
    kind: 'trend',
    title: of.title,
    measure,
    ...(event === '*' ? {} : { event }),
    interval: interval === 'auto' ? of.interval : interval,
    compare: of.compare,
    ...(breakdown === '' ? {} : { breakdown, limit }),
  };
}

/** The draft of a report opened from a file. */
export function draftOfTrend(report: TrendReport): TrendDraft {
  const { measure, event, breakdown, limit, interval } = report;
  return {
    measure,
    event,
    breakdown: breakdown ?? '',
    limit: breakdown === undefined ? DEFAULT.limit : limit,
    interval,
    isOpened: true,
  };
}
