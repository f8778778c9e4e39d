import type { ReactNode } from 'react';
import { formatCompact } from '../format/number';
import { usePalette, type Palette } from '../theme/palette';
import { valueAxis } from './axis';
import { Plot } from './Plot';
import type { Layout, Trace } from './plotly';
import { PlotSurface, type Frame } from './PlotSurface';
import { bucketLayout } from './trendTraces';
import { useSize } from './useSize';

export interface Bar {
  readonly label: string;
  readonly value: number;
}

/** Bars side by side as Plotly draws them, for the window and for pictures. */
export function describeBars(
  bars: readonly Bar[],
  options: { frame: Frame; palette: Palette; axisTitle: string },
): { traces: Trace[]; layout: Partial<Layout>; top: number } {
  const { frame, palette, axisTitle } = options;
  const yAxis = valueAxis(Math.max(0, ...bars.map((bar) => bar.value)));
  const room = Math.max(1, Math.floor((frame.width - frame.left - frame.right) / 76));
  const step = Math.max(1, Math.ceil(bars.length / room));
  const layout = bucketLayout({
    palette,
    count: bars.length,
    centered: true,
    xTicks: bars.flatMap((bar, index) => (index % step === 0 ? [{ index, label: bar.label }] : [])),
    yAxis,
    formatY: (value) => formatCompact(value),
    axisTitle,
    margin: { l: frame.left, r: frame.right, t: frame.top, b: frame.bottom },
  });
  const traces: Trace[] = [
    {
      type: 'bar',
      x: bars.map((_, index) => index),
      y: bars.map((bar) => bar.value),
      hoverinfo: 'none',
      marker: { color: palette.accent },
    },
  ];
  return { traces, layout: { ...layout, bargap: 0.06 }, top: yAxis.top };
}

/** Bars over classes, such as a histogram. */
export function BarChart({
  bars,
  label,
  axisTitle,
  tooltip,
}: {
  bars: readonly Bar[];
  label: string;
  axisTitle: string;
  tooltip: (index: number) => ReactNode;
}): React.JSX.Element {
  const palette = usePalette();
  const [ref, size] = useSize<HTMLDivElement>();
  const frame: Frame = { ...size, left: 48, right: 16, top: 8, bottom: 44 };
  const { traces, layout, top } = describeBars(bars, { frame, palette, axisTitle });
  const plotHeight = Math.max(1, frame.height - frame.top - frame.bottom);
  return (
    <div className="wm-plot" ref={ref}>
      {size.width > 0 && size.height > 0 && (
        <>
          <Plot traces={traces} layout={layout} width={size.width} height={size.height} />
          <PlotSurface
            frame={frame}
            label={label}
            count={bars.length}
            centered
            seriesCount={1}
            marks={(index) => [
              { y: frame.top + plotHeight * (1 - (bars[index]?.value ?? 0) / top), colour: palette.accent },
            ]}
            tooltip={tooltip}
          />
        </>
      )}
    </div>
  );
}
