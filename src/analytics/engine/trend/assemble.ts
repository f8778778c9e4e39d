import type { ReportOf } from '../../../shared/reports/report';
import type { ListedUser, TrendData } from '../../../shared/reports/result';
import type { TimeAxis } from '../../../shared/time/axisPoint';
import { assignSeries, chooseSeries, type SeriesChoice } from '../../kernels/series';

/** Figures of a period before series are chosen: values by name, and how to sum them up into series. */
export interface TrendFigures {
  /** The breakdown's values. */
  readonly names: readonly string[];
  /** The total of each value over the range, to rank them. */
  readonly rankingTotals: () => readonly (number | null)[];
  /** Totals and points of series, each made of the values assigned to it (−1: none). */
  readonly bySeries: (
    seriesOf: Int32Array,
    seriesCount: number,
  ) => { readonly totals: readonly (number | null)[]; readonly values: (number | null)[][] };
  /** The units behind a point; absent where figures are not made of users or sessions. */
  readonly listUnits?: (
    seriesOf: Int32Array,
    wanted: { readonly series: number | null; readonly point: number },
  ) => ListedUser[];
}

/** The series a trend shows: the breakdown's highest values, or one for everything. */
export function chooseTrendSeries(report: ReportOf<'trend'>, figures: TrendFigures): SeriesChoice {
  return report.breakdown === undefined
    ? { keys: ['all'], hasOther: false }
    : chooseSeries(figures.names, figures.rankingTotals(), report.limit);
}

/** A trend's data from its figures and those of the compared period, paired by index. */
export function assembleTrend(
  report: ReportOf<'trend'>,
  axis: TimeAxis,
  choice: SeriesChoice,
  figures: TrendFigures,
  compared: TrendFigures | undefined,
): TrendData {
  const count = choice.keys.length;
  const current = figures.bySeries(assignSeries(figures.names, choice), count);
  const previous = compared?.bySeries(assignSeries(compared.names, choice), count).values;
  return {
    interval: report.interval,
    series: choice.keys.map((key, series) => ({
      key,
      total: current.totals[series] ?? null,
      points: axis.starts.map((start, point) => ({
        at: new Date(start).toISOString(),
        value: current.values[series]?.[point] ?? null,
        complete: axis.complete[point] ?? false,
        ...(previous ? { previous: previous[series]?.[point] ?? null } : {}),
      })),
    })),
  };
}
