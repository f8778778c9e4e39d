import type { ReactNode } from 'react';
import { formatCompact } from '../format/number';
import { usePalette, type Palette } from '../theme/palette';
import { valueAxis } from './axis';
import type { Figure } from './figure';
import { Plot } from './Plot';
import { PlotSurface, type Frame } from './PlotSurface';
import { useSize } from './useSize';

export interface Bar {
  readonly label: string;
  readonly value: number;
}

/** What bars side by side look like in a frame, for the window and for pictures alike. */
export function describeBars(
  bars: readonly Bar[],
  options: { frame: Frame; palette: Palette; axisTitle: string },
): Figure {
  const { frame, palette, axisTitle } = options;
  const { left, right, top, bottom } = frame;
  const room = Math.max(1, Math.floor((frame.width - left - right) / 76));
  const step = Math.max(1, Math.ceil(bars.length / room));
  return {
    palette,
    margins: { left, right, top, bottom },
    count: bars.length,
    isCentered: true,
    xTicks: bars.flatMap((bar, index) => (index % step === 0 ? [{ index, label: bar.label }] : [])),
    xTitle: axisTitle,
    yAxis: valueAxis(Math.max(0, ...bars.map((bar) => bar.value))),
    formatY: (value) => formatCompact(value),
    lines: [],
    bars: { values: bars.map((bar) => bar.value), colour: palette.accent },
  };
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
  const figure = describeBars(bars, { frame, palette, axisTitle });
  const plotHeight = Math.max(1, frame.height - frame.top - frame.bottom);
  return (
    <div className="wm-plot" ref={ref}>
      {size.width > 0 && size.height > 0 && (
        <>
          <Plot figure={figure} width={size.width} height={size.height} />
          <PlotSurface
            frame={frame}
            label={label}
            count={bars.length}
            centered
            seriesCount={1}
            marks={(index) => [
              {
                y: frame.top + plotHeight * (1 - (bars[index]?.value ?? 0) / figure.yAxis.top),
                colour: palette.accent,
              },
            ]}
            tooltip={tooltip}
          />
        </>
      )}
    </div>
  );
}
