import { create } from 'zustand';

export type MeasureName = 'users' | 'sessions' | 'events';
export type IntervalName = 'hour' | 'day' | 'week' | 'month';

interface TrendDraft {
  readonly measure: MeasureName;
  /** Field; empty for none. */
  readonly breakdown: string;
  readonly interval: IntervalName | 'auto';
}

/** What the Overview's trend shows; kept while other views are open. */
export const useTrendDraft = create<TrendDraft>(() => ({
  measure: 'users',
  breakdown: '',
  interval: 'auto',
}));
