import { highestRetention, retainedShare } from '../../../shared/reports/ratios';
import type { RetentionData } from '../../../shared/reports/result';
import { valueAxis } from '../../chart/axis';
import { Plot } from '../../chart/Plot';
import { drawSvg, type Layout, type Trace } from '../../chart/plotly';
import { PlotSurface, type Frame } from '../../chart/PlotSurface';
import { TooltipBody } from '../../chart/Tooltip';
import { bucketLayout } from '../../chart/trendTraces';
import { useSize } from '../../chart/useSize';
import { formatAxisPercent, formatExact, formatPercent } from '../../format/number';
import { formatBucketShort } from '../../format/time';
import { usePalette, type Palette } from '../../theme/palette';
import { WORDS } from '../../text/words';
import { RETENTION } from '../../text/retention';

const PERIODS = { day: WORDS.days, week: WORDS.weeks, month: WORDS.months } as const;

/** Periods after the start that there is room for: up to the last one with a figure, and two at least. */
function shownPeriods({ mean, cohorts }: RetentionData): number {
  const known = [
    ...mean.map((share, period) => (share === null ? 0 : period)),
    ...cohorts.flatMap(({ cells }) => cells.map(({ period, complete }) => (complete ? period : 0))),
  ];
  return Math.min(mean.length - 1, Math.max(2, ...known));
}

function describeCurves(
  data: RetentionData,
  frame: Frame,
  palette: Palette,
): { traces: Trace[]; layout: Partial<Layout>; top: number } {
  const highest = Math.max(highestRetention(data), ...data.mean.slice(1).map((mean) => mean ?? 0));
  const yAxis = valueAxis(highest, false);
  const count = shownPeriods(data);
  const step = Math.max(1, Math.ceil(count / Math.max(1, Math.floor((frame.width - 64) / 40))));
  const layout = bucketLayout({
    palette,
    count,
    centered: false,
    xTicks: Array.from({ length: count }, (_, index) => ({ index, label: String(index + 1) })).filter(
      ({ index }) => index % step === 0,
    ),
    yAxis,
    formatY: (value) => formatAxisPercent(value),
    axisTitle: RETENTION.afterTheStart(PERIODS[data.interval]),
    margin: { l: frame.left, r: frame.right, t: frame.top, b: frame.bottom },
  });
  const cohorts: Trace[] = data.cohorts.map((cohort) => ({
    type: 'scatter',
    mode: 'lines',
    hoverinfo: 'none',
    x: cohort.cells.filter((cell) => cell.period > 0 && cell.period <= count).map((cell) => cell.period - 1),
    y: cohort.cells
      .filter((cell) => cell.period > 0 && cell.period <= count)
      .map((cell) => (cell.complete ? retainedShare(cohort, cell) : null)),
    line: { color: palette.other, width: 1 },
    opacity: 0.4,
  }));
  const mean: Trace = {
    type: 'scatter',
    mode: count <= 1 ? 'markers' : 'lines+markers',
    hoverinfo: 'none',
    cliponaxis: false,
    x: data.mean.slice(1, count + 1).map((_, index) => index),
    y: data.mean.slice(1, count + 1),
    line: { color: palette.accent, width: 2 },
    marker: { color: palette.accent, size: 5 },
  };
  return { traces: [...cohorts, mean], layout, top: yAxis.top };
}

/** The curves as an SVG document for files. */
export async function drawCurves(
  data: RetentionData,
  palette: Palette,
): Promise<{ svg: string; width: number; height: number }> {
  const frame = { width: 960, height: 360, left: 64, right: 16, top: 8, bottom: 48 };
  const { traces, layout } = describeCurves(data, frame, palette);
  return {
    svg: await drawSvg(traces, layout, frame.width, frame.height),
    width: frame.width,
    height: frame.height,
  };
}

/** The share that came back by period: the mean bold, each cohort thin. */
export function RetentionCurves({
  data,
  zone,
  label,
}: {
  data: RetentionData;
  zone: string;
  label: string;
}): React.JSX.Element {
  const palette = usePalette();
  const [ref, size] = useSize<HTMLDivElement>();
  const frame: Frame = { ...size, left: 56, right: 16, top: 8, bottom: 44 };
  const { traces, layout, top } = describeCurves(data, frame, palette);
  const plotHeight = Math.max(1, frame.height - frame.top - frame.bottom);
  const count = shownPeriods(data);
  return (
    <div className="wm-plot" ref={ref}>
      {size.width > 0 && size.height > 0 && count > 0 && (
        <>
          <Plot traces={traces} layout={layout} width={size.width} height={size.height} />
          <PlotSurface
            frame={frame}
            label={label}
            count={count}
            centered={false}
            seriesCount={1}
            marks={(index) => {
              const mean = data.mean[index + 1];
              return mean == null
                ? []
                : [{ y: frame.top + plotHeight * (1 - mean / top), colour: palette.accent }];
            }}
            tooltip={(index) => {
              const period = index + 1;
              const cohorts = data.cohorts.flatMap((cohort) => {
                const cell = cohort.cells.find((entry) => entry.period === period && entry.complete);
                if (!cell) return [];
                const share = retainedShare(cohort, cell);
                return [
                  {
                    name: formatBucketShort(cohort.at, data.interval, zone),
                    colour: palette.other,
                    value: formatPercent(share),
                    detail: formatExact(cell.users),
                    share: share ?? 0,
                  },
                ];
              });
              return (
                <TooltipBody
                  title={RETENTION.periodAfter(PERIODS[data.interval], period)}
                  complete
                  rows={[
                    {
                      name: WORDS.mean,
                      colour: palette.accent,
                      value: formatPercent(data.mean[period]),
                      current: true,
                    },
                    ...cohorts.sort((a, b) => b.share - a.share),
                  ]}
                  picks={false}
                />
              );
            }}
          />
        </>
      )}
    </div>
  );
}
