import type { TrendData } from '../../shared/reports/result';
import type { Layout, Trace } from './plotly';
import type { Palette } from '../theme/palette';
import type { AxisTick, ValueAxis } from './axis';

export type Series = TrendData['series'][number];

export interface Line {
  readonly series: Series;
  readonly label: string;
  readonly colour: string;
}

/** y of complete points, with gaps where a bucket is still open. */
const solid = (series: Series): (number | null)[] =>
  series.points.map((point) => (point.complete ? point.value : null));

/** Whether a bucket has not begun at an instant (ms): nothing in it is no fall. */
const isAhead = (point: Series['points'][number], now: number): boolean =>
  !point.complete && (point.value ?? 0) === 0 && Date.parse(point.at) > now;

/** y of open buckets and their neighbours, so that the dashed piece meets the solid one. */
const dashed = (series: Series, now: number): (number | null)[] =>
  series.points.map((point, index) => {
    const touchesOpen = [index - 1, index, index + 1].some((at) => series.points[at]?.complete === false);
    return touchesOpen && !isAhead(point, now) ? point.value : null;
  });

/** The value at which a line ends at an instant (ms). */
export const lastValue = (series: Series, now = Date.now()): number | null | undefined =>
  series.points.filter((point) => !isAhead(point, now)).slice(-1)[0]?.value;

/** Whether the complete points lie side by side: what lies below a broken line would be filled across its gaps. */
const isUnbroken = (values: readonly (number | null)[]): boolean => {
  const drawn = values.flatMap((value, index) => (value === null ? [] : [index]));
  return drawn.every((index, order) => order === 0 || index === (drawn[order - 1] ?? 0) + 1);
};

/** The lines of a trend as Plotly traces: solid, dashed where incomplete, dotted for the compared period. */
export function trendTraces(lines: readonly Line[], compares: boolean, now = Date.now()): Trace[] {
  const [only] = lines.length === 1 ? lines : [];
  return lines.flatMap(({ series, label, colour }) => {
    const x = series.points.map((_, index) => index);
    const base = { type: 'scatter', x, hoverinfo: 'none', connectgaps: false, name: label } as const;
    const mode = series.points.length === 1 ? ('markers' as const) : ('lines' as const);
    const previous = series.points.map((point) => point.previous ?? null);
    const complete = solid(series);
    const traces: Trace[] = [
      {
        ...base,
        mode,
        y: complete,
        line: { color: colour, width: 2 },
        marker: { color: colour, size: 8 },
        ...(only && isUnbroken(complete) ? { fill: 'tozeroy', fillcolor: `${colour}14` } : {}),
      },
      {
        ...base,
        mode,
        y: dashed(series, now),
        showlegend: false,
        line: { color: colour, width: 2, dash: '4px,3px' as 'dash' },
        marker: { color: colour, size: 8, symbol: 'circle-open' },
      },
    ];
    if (compares && previous.some((value) => value !== null)) {
      traces.unshift({
        ...base,
        mode: 'lines',
        y: previous,
        showlegend: false,
        opacity: 0.8,
        line: { color: colour, width: 1.5, dash: 'dot' },
      });
    }
    return traces;
  });
}

/** The axes of a chart over buckets. */
export function bucketLayout(options: {
  palette: Palette;
  count: number;
  centered: boolean;
  xTicks: readonly AxisTick[];
  yAxis: ValueAxis;
  formatY: (value: number) => string;
  axisTitle: string;
  margin: { l: number; r: number; t: number; b: number };
}): Partial<Layout> {
  const { palette, count, centered, xTicks, yAxis, formatY, axisTitle, margin } = options;
  const { ticks, top } = yAxis;
  const font = { size: 12, color: palette.muted, family: palette.font };
  return {
    margin: { ...margin, pad: 0 },
    autosize: false,
    showlegend: false,
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font,
    bargap: 0.2,
    xaxis: {
      type: 'linear',
      range: centered ? [-0.5, count - 0.5] : count <= 1 ? [-0.5, 0.5] : [0, count - 1],
      tickmode: 'array',
      tickvals: xTicks.map((tick) => tick.index),
      ticktext: xTicks.map((tick) => tick.label),
      tickangle: 0,
      ticks: 'outside',
      ticklen: 4,
      tickcolor: palette.hairline,
      showgrid: false,
      zeroline: false,
      showline: true,
      linecolor: palette.control,
      fixedrange: true,
      title: { text: axisTitle, font, standoff: 4 },
    },
    yaxis: {
      type: 'linear',
      range: [0, top],
      // Said, so that no label is measured: they fit between the margins.
      tickangle: 0,
      ticklabeloverflow: 'allow',
      ticks: 'outside',
      ticklen: 6,
      tickcolor: 'rgba(0,0,0,0)',
      tickmode: 'array',
      tickvals: [...ticks],
      ticktext: ticks.map(formatY),
      gridcolor: palette.hairline,
      zeroline: false,
      fixedrange: true,
    },
  };
}
