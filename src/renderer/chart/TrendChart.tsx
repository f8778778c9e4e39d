import { useMemo, useState } from 'react';
import type { TrendData } from '../../shared/reports/result';
import {
  describeChange,
  formatAxisPercent,
  formatCompact,
  formatDuration,
  formatFigure,
  type FigureKind,
} from '../format/number';
import { formatBucket } from '../format/time';
import { usePalette } from '../theme/palette';
import { NONE, seriesColour } from '../theme/seriesColour';
import { bucketEnd, bucketTicks, valueAxis } from './axis';
import { Legend } from './Legend';
import { Plot } from './Plot';
import type { Layout, Trace } from './plotly';
import { bucketX, PlotSurface, type Frame } from './PlotSurface';
import { TooltipBody, type TooltipRow } from './Tooltip';
import { bucketLayout, lastValue, trendTraces, type Line } from './trendTraces';
import { useSize } from './useSize';
import { WORDS } from '../text/words';
import { CHARTS } from '../text/charts';

export interface TrendChartProps {
  readonly data: TrendData;
  /** Name of the only series, which has the key "all". */
  readonly name: string;
  readonly kind: FigureKind;
  /** The field broken down by: gives values their colours. */
  readonly field: string;
  readonly zone: string;
  readonly label: string;
  readonly notes?: readonly { readonly at: string; readonly text: string }[];
  /** What else stands in the tooltip of a bucket, below the lines. */
  readonly facts?: (index: number) => readonly TooltipRow[];
  readonly onPick?: (at: string, series: string | undefined) => void;
  readonly onRange?: (from: string, until: string) => void;
}

const INTERVAL_NAMES = {
  hour: CHARTS.hours,
  day: WORDS.days,
  week: WORDS.weeks,
  month: WORDS.months,
  hourOfWeek: CHARTS.hoursOfTheWeek,
};

const axisFormat =
  (kind: FigureKind) =>
  (value: number): string =>
    kind === 'rate'
      ? formatAxisPercent(value)
      : kind === 'seconds'
        ? formatDuration(value)
        : formatCompact(value);

/** What a trend looks like at a size: traces and axes, for the window and for pictures alike. */
export function describeTrend(
  data: TrendData,
  lines: readonly Line[],
  options: { kind: FigureKind; zone: string; frame: Frame; palette: ReturnType<typeof usePalette> },
): { traces: Trace[]; layout: Partial<Layout>; top: number } {
  const { kind, zone, frame, palette } = options;
  const compares = lines.length <= 4;
  const ats = (data.series[0]?.points ?? []).map((point) => point.at);
  const max = Math.max(
    0,
    ...lines.flatMap(({ series }) =>
      series.points.flatMap((point) => [point.value ?? 0, compares ? (point.previous ?? 0) : 0]),
    ),
  );
  const yAxis = valueAxis(max, kind === 'count');
  const layout = bucketLayout({
    palette,
    count: ats.length,
    centered: false,
    xTicks: bucketTicks(ats, data.interval, zone, frame.width - frame.left - frame.right),
    yAxis,
    formatY: axisFormat(kind),
    axisTitle: `${INTERVAL_NAMES[data.interval]} · ${zone}`,
    margin: { l: frame.left, r: frame.right, t: frame.top, b: frame.bottom },
  });
  return { traces: trendTraces(lines, compares), layout, top: yAxis.top };
}

/** Lines over time, one for each series. */
export function TrendChart(props: TrendChartProps): React.JSX.Element {
  const { data, name, kind, field, zone, label, notes = [], facts, onPick, onRange } = props;
  const palette = usePalette();
  const [ref, size] = useSize<HTMLDivElement>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const all = useMemo<Line[]>(
    () =>
      data.series.map((series) => ({
        series,
        label: series.key === 'all' && data.series.length === 1 ? name : series.key,
        colour: data.series.length === 1 ? palette.accent : seriesColour(palette, field, series.key),
      })),
    [data, name, field, palette],
  );
  const lines = all.filter((line) => !hidden.has(line.series.key));
  const ats = (data.series[0]?.points ?? []).map((point) => point.at);
  const flags = placeNotes(data, notes, zone);
  const labelled = lines.length > 1 && lines.length <= 4 && size.width > 480;
  const frame: Frame = {
    ...size,
    left: kind === 'seconds' ? 72 : 48,
    right: labelled ? 112 : 16,
    top: flags.length > 0 ? 20 : 8,
    bottom: 44,
  };
  const { traces, layout, top } = describeTrend(data, lines, { kind, zone, frame, palette });
  const plotHeight = Math.max(1, frame.height - frame.top - frame.bottom);
  const yOf = (value: number | null | undefined): number => frame.top + plotHeight * (1 - (value ?? 0) / top);

  const tooltip = (index: number, current: number): React.ReactNode => {
    const rows = lines.map((line, order) => {
      const point = line.series.points[index];
      const change = describeChange(point?.value, point?.previous, kind);
      const detail =
        point?.previous == null
          ? undefined
          : `${formatFigure(point.previous, kind)}${change ? `  ${change.text}` : ''}`;
      const row: TooltipRow = {
        name: line.label,
        colour: line.colour,
        hollow: line.series.key === NONE,
        value: formatFigure(point?.value, kind),
        detail,
        current: order === current && lines.length > 1,
      };
      return { row, value: point?.value ?? -1 };
    });
    const at = ats[index] ?? '';
    const said = flags.filter((flag) => flag.index === index);
    return (
      <TooltipBody
        title={formatBucket(at, data.interval, zone)}
        complete={lines.every((line) => line.series.points[index]?.complete !== false)}
        rows={[...rows.sort((a, b) => b.value - a.value).map(({ row }) => row), ...(facts?.(index) ?? [])]}
        note={said.map(({ text }) => (
          <div key={text}>⚑ {text}</div>
        ))}
        picks={onPick !== undefined}
      />
    );
  };

  const ends = labelled
    ? spreadLabels(
        lines.map((line) => yOf(lastValue(line.series))),
        16,
        frame.top + plotHeight,
      )
    : [];
  return (
    <>
      {all.length > 1 && (
        <Legend
          entries={all.map(({ series, label: text, colour }) => ({ key: series.key, label: text, colour }))}
          hidden={hidden}
          onChange={setHidden}
        />
      )}
      <div className="wm-plot" ref={ref}>
        {size.width > 0 && size.height > 0 && (
          <>
            <Plot traces={traces} layout={layout} width={size.width} height={size.height} />
            {flags.map(({ id, index }) => (
              <span
                key={id}
                className="wm-flag-line"
                style={{
                  left: bucketX(frame, ats.length, false, index),
                  height: frame.top + plotHeight,
                }}
              />
            ))}
            {ends.map((y, index) => (
              <div
                key={lines[index]?.series.key}
                className="wm-end-label"
                style={{ left: frame.width - frame.right + 6, width: frame.right - 8, top: y - 8 }}
              >
                <i className="wm-swatch" style={{ background: lines[index]?.colour }} />
                <span>{lines[index]?.label}</span>
              </div>
            ))}
            <PlotSurface
              frame={frame}
              label={label}
              count={ats.length}
              centered={false}
              seriesCount={lines.length}
              marks={(index) =>
                lines.map((line) => ({ y: yOf(line.series.points[index]?.value), colour: line.colour }))
              }
              tooltip={tooltip}
              onPick={
                onPick &&
                ((index, series) => {
                  const at = ats[index];
                  const key = lines[series]?.series.key;
                  if (at !== undefined)
                    onPick(at, data.series.length === 1 && key === 'all' ? undefined : key);
                })
              }
              onRange={
                onRange &&
                ((from, to) => {
                  const first = ats[from];
                  const last = ats[to];
                  if (first !== undefined && last !== undefined) onRange(first, last);
                })
              }
            />
            {flags.map(({ id, text, index }) => (
              <button
                key={id}
                type="button"
                className="wm-flag"
                title={onRange ? CHARTS.zooms(text) : text}
                aria-label={`${text}, ${formatBucket(ats[index] ?? '', data.interval, zone)}`}
                disabled={!onRange}
                style={{ left: bucketX(frame, ats.length, false, index) }}
                onClick={() => {
                  const first = ats[Math.max(0, index - 1)];
                  const last = ats[Math.min(ats.length - 1, index + 1)];
                  if (first !== undefined && last !== undefined) onRange?.(first, last);
                }}
              >
                ⚑
              </button>
            ))}
          </>
        )}
      </div>
    </>
  );
}

/** The notes that fall into a bucket of the chart; an hour of the week is no date, so none falls into one. */
function placeNotes(
  { interval, series }: TrendData,
  notes: NonNullable<TrendChartProps['notes']>,
  zone: string,
): { readonly id: string; readonly text: string; readonly index: number }[] {
  const starts = (series[0]?.points ?? []).map((point) => point.at);
  const last = starts[starts.length - 1];
  if (last === undefined || interval === 'hourOfWeek') return [];
  const end = bucketEnd(last, interval, zone);
  return notes.flatMap(({ at, text }) => {
    const time = Date.parse(at);
    const index = starts.filter((start) => Date.parse(start) <= time).length - 1;
    return index < 0 || time >= end ? [] : [{ id: at + text, text, index }];
  });
}

/** Moves label centres apart so that they do not overlap, keeping their order (px from the top). */
export function spreadLabels(centres: readonly number[], gap: number, bottom: number): number[] {
  const order = centres.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y);
  for (let index = 1; index < order.length; index += 1) {
    const before = order[index - 1];
    const entry = order[index];
    if (before && entry) entry.y = Math.max(entry.y, before.y + gap);
  }
  let limit = bottom;
  for (const entry of [...order].reverse()) {
    entry.y = Math.min(entry.y, limit);
    limit = entry.y - gap;
  }
  const placed = [...centres];
  for (const { y, index } of order) placed[index] = y;
  return placed;
}
