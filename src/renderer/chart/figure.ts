import type { Palette } from '../theme/palette';
import type { AxisTick, ValueAxis } from './axis';

/** Space around the plot area, px. */
export interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A line over buckets; null leaves a gap. */
export interface PlotLine {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number | null }[];
  readonly colour: string;
  readonly widthPx: number;
  /** Lengths of strokes and gaps, px; solid without. */
  readonly dash?: string;
  readonly opacity?: number;
  /** Whether the area between the line and 0 is tinted. */
  readonly isFilled?: boolean;
  /** Drawn at each point; what they are drawn without is no line. */
  readonly marker?: { readonly sizePx: number; readonly isHollow?: boolean };
  readonly isLineless?: boolean;
  /** Not named in a legend: it belongs to another line. */
  readonly isUnnamed?: boolean;
}

/** What a chart over buckets looks like, without its size: x is a bucket's index, y counts from 0. */
export interface Figure {
  readonly palette: Palette;
  readonly margins: Margins;
  /** Buckets along x. */
  readonly count: number;
  /** Points lie in the middle of their bucket instead of on the plot's edges. */
  readonly isCentered: boolean;
  readonly xTicks: readonly AxisTick[];
  readonly xTitle: string;
  readonly yAxis: ValueAxis;
  readonly formatY: (value: number) => string;
  readonly lines: readonly PlotLine[];
  /** A bar for each bucket. */
  readonly bars?: { readonly values: readonly number[]; readonly colour: string };
}

/** Where a figure's buckets and values lie, px. */
export interface Scales {
  readonly plotWidth: number;
  readonly plotHeight: number;
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
}

/** The scales of a figure in a frame of a size. */
export function scalesOf(
  { margins, count, isCentered, yAxis }: Figure,
  width: number,
  height: number,
): Scales {
  const plotWidth = Math.max(1, width - margins.left - margins.right);
  const plotHeight = Math.max(1, height - margins.top - margins.bottom);
  const share = (index: number): number =>
    isCentered ? (index + 0.5) / Math.max(1, count) : count <= 1 ? 0.5 : index / (count - 1);
  return {
    plotWidth,
    plotHeight,
    x: (index) => margins.left + share(index) * plotWidth,
    y: (value) => margins.top + plotHeight * (1 - value / yAxis.top),
  };
}

const written = (px: number): string => String(Math.round(px * 10) / 10);

/** The stretches of a line between its gaps, as points in px. */
function stretches({ points }: PlotLine, { x, y }: Scales): { x: number; y: number }[][] {
  const runs: { x: number; y: number }[][] = [];
  let run: { x: number; y: number }[] = [];
  for (const point of points) {
    if (point.y === null) run = [];
    else {
      if (run.length === 0) runs.push(run);
      run.push({ x: x(point.x), y: y(point.y) });
    }
  }
  return runs;
}

/** A line as path data; a point alone between gaps is a dot. */
export function linePath(line: PlotLine, scales: Scales): string {
  return stretches(line, scales)
    .map((run) => {
      const path = `M${run.map((point) => `${written(point.x)},${written(point.y)}`).join('L')}`;
      return run.length === 1 ? `${path}h0` : path;
    })
    .join('');
}

/** The area between a line and 0 as path data. */
export function areaPath(line: PlotLine, scales: Scales): string {
  const zero = written(scales.y(0));
  return stretches(line, scales)
    .map((run) => {
      const top = run.map((point) => `L${written(point.x)},${written(point.y)}`).join('');
      return `M${written(run[0]?.x ?? 0)},${zero}${top}V${zero}Z`;
    })
    .join('');
}
