import { shareOf } from '../../../shared/reports/ratios';
import type { FunnelData, TrendData } from '../../../shared/reports/result';
import { WORDS } from '../../text/words';
import { FUNNELS } from '../../text/funnels';

/** What the conversion trend shows of each bucket: the share that converted, or how many. */
export type Shown = 'rate' | 'counts';

type Point = FunnelData['trend'][number];

/** Of those who entered in a bucket, the share that converted; null where nobody entered. */
export const rateOf = (point: Point | undefined): number | null =>
  point === undefined ? null : shareOf(point.converted, point.entrants);

/**
 * How a funnel went over time, as lines. The rate stands beside that of a funnel it is compared with, bucket by
 * bucket from the first on.
 */
export function conversionLines(
  data: FunnelData,
  interval: TrendData['interval'],
  shown: Shown,
  compared: FunnelData | null = null,
): TrendData {
  const line = (
    key: string,
    total: number | null,
    value: (point: Point) => number | null,
    other?: Point[],
  ) => ({
    key,
    total,
    points: data.trend.map((point, index) => ({
      at: point.at,
      value: value(point),
      complete: point.complete,
      ...(other ? { previous: rateOf(other[index]) } : {}),
    })),
  });
  if (shown === 'rate') {
    return {
      interval,
      series: [line('all', shareOf(data.converted, data.entrants), rateOf, compared?.trend)],
    };
  }
  return {
    interval,
    series: [
      line(FUNNELS.enteredLine, data.entrants, (point) => point.entrants),
      line(WORDS.converted, data.converted, (point) => point.converted),
    ],
  };
}
