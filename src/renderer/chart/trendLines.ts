import type { TrendData } from '../../shared/reports/result';
import type { PlotLine } from './figure';

export type Series = TrendData['series'][number];

export interface Line {
  readonly series: Series;
  readonly label: string;
  readonly colour: string;
}

/** Values of complete buckets, with gaps where one is still open. */
const solid = ({ points }: Series): PlotLine['points'] =>
  points.map((point, x) => ({ x, y: point.complete ? point.value : null }));

/** Values of open buckets and their neighbours, so that the dashed piece meets the solid one. */
const dashed = ({ points }: Series): PlotLine['points'] =>
  points.map((point, x) => {
    const touchesOpen = [x - 1, x, x + 1].some((at) => points[at]?.complete === false);
    return { x, y: touchesOpen ? point.value : null };
  });

/** The lines of a trend as drawn: solid, dashed where incomplete, dotted for the compared period. */
export function trendLines(lines: readonly Line[], compares: boolean): PlotLine[] {
  return lines.flatMap(({ series, label, colour }) => {
    const base = { name: label, colour, widthPx: 2 };
    const alone = series.points.length === 1;
    const marker = { sizePx: 8 };
    const previous = series.points.map((point, x) => ({ x, y: point.previous ?? null }));
    const drawn: PlotLine[] = [
      {
        ...base,
        points: solid(series),
        isFilled: lines.length === 1,
        ...(alone ? { isLineless: true, marker } : {}),
      },
      {
        ...base,
        points: dashed(series),
        dash: '4 3',
        isUnnamed: true,
        ...(alone ? { isLineless: true, marker: { ...marker, isHollow: true } } : {}),
      },
    ];
    if (compares && previous.some(({ y }) => y !== null)) {
      drawn.unshift({
        ...base,
        widthPx: 1.5,
        points: previous,
        dash: '1.5 3',
        opacity: 0.8,
        isUnnamed: true,
      });
    }
    return drawn;
  });
}
