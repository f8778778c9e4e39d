import { memo, useState, type KeyboardEvent } from 'react';
import type { TrendData } from '../../shared/reports/result';
import { formatCompact, formatExact } from '../format/number';
import { formatBucket, weekdayName } from '../format/time';
import { usePalette, type Palette } from '../theme/palette';
import { Hatch } from './Hatch';
import { TooltipBody } from './Tooltip';
import { useSize } from './useSize';
import { CHARTS } from '../text/charts';

const DAYS = 7;
const HOURS = 24;
const LEFT = 40;
const BOTTOM = 20;
const KEY_HEIGHT = 28;

/** Which of six steps a value falls into, from 0; -1 for nothing. */
export function sequenceStep(value: number | null, max: number): number {
  if (value === null || value <= 0 || max <= 0) return -1;
  return Math.min(5, Math.floor((value / max) * 6));
}

type Point = TrendData['series'][number]['points'][number];

/** The cells of a week, drawn with plain attributes so that the same drawing serves files. */
const Cells = memo(function Cells({
  points,
  width,
  height,
  zone,
  palette,
  current,
}: {
  points: readonly Point[];
  width: number;
  height: number;
  zone: string;
  palette: Palette;
  current: number | null;
}): React.JSX.Element {
  const max = Math.max(0, ...points.map((point) => point.value ?? 0));
  const cellWidth = (width - LEFT) / HOURS;
  const cellHeight = (height - BOTTOM - KEY_HEIGHT) / DAYS;
  const text = { fontSize: 12, fill: palette.muted };
  const keyY = height - 12;
  const keyX = LEFT;
  return (
    <>
      <Hatch id="wm-open-cell" ink={palette.surface} />
      {Array.from({ length: DAYS }, (_, day) => (
        <text key={day} x={LEFT - 8} y={(day + 0.5) * cellHeight + 4} textAnchor="end" {...text}>
          {weekdayName(points[day * HOURS]?.at ?? '1970-01-05T00:00:00Z', zone)}
        </text>
      ))}
      {[0, 6, 12, 18].map((hour) => (
        <text key={hour} x={LEFT + hour * cellWidth} y={DAYS * cellHeight + 14} {...text}>
          {`${String(hour).padStart(2, '0')}:00`}
        </text>
      ))}
      {points.map((point, index) => {
        const step = sequenceStep(point.value, max);
        const box = {
          x: LEFT + (index % HOURS) * cellWidth,
          y: Math.floor(index / HOURS) * cellHeight,
          width: Math.max(1, cellWidth - 1),
          height: Math.max(1, cellHeight - 1),
        };
        return (
          <g key={point.at}>
            <rect {...box} fill={step < 0 ? palette.hover : palette.sequence[step]} />
            {!point.complete && <rect {...box} fill="url(#wm-open-cell)" />}
            {index === current && <rect {...box} fill="none" stroke={palette.text} strokeWidth={2} />}
          </g>
        );
      })}
      {palette.sequence.map((colour, step) => (
        <rect key={colour} x={keyX + 14 + step * 14} y={keyY - 10} width={13} height={10} fill={colour} />
      ))}
      <text x={keyX} y={keyY} {...text}>
        0
      </text>
      <text x={keyX + 14 + 6 * 14 + 6} y={keyY} {...text}>
        {width > 240 ? `${formatCompact(max)} · ${zone}` : formatCompact(max)}
      </text>
    </>
  );
});

/** The drawing alone, for files. */
export function HeatPicture(props: {
  data: TrendData;
  zone: string;
  palette: Palette;
  width: number;
  height: number;
}): React.JSX.Element {
  const { data, width, height, ...rest } = props;
  return (
    <svg width={width} height={height}>
      <Cells points={data.series[0]?.points ?? []} width={width} height={height} {...rest} current={null} />
    </svg>
  );
}

/** Activity by hour and weekday: darker is more. */
export function HeatMap({
  data,
  zone,
  label,
  name,
  onPick,
}: {
  data: TrendData;
  zone: string;
  label: string;
  name: string;
  onPick?: (at: string) => void;
}): React.JSX.Element {
  const palette = usePalette();
  const [ref, size] = useSize<HTMLDivElement>();
  const [current, setCurrent] = useState<number | null>(null);
  const points = data.series[0]?.points ?? [];
  const cellWidth = (size.width - LEFT) / HOURS;
  const cellHeight = (size.height - BOTTOM - KEY_HEIGHT) / DAYS;

  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: HOURS, ArrowUp: -HOURS };
    const step = steps[event.key];
    if (step !== undefined && !event.altKey) {
      event.preventDefault();
      const next = (current ?? -step) + step;
      if (next >= 0 && next < points.length) setCurrent(next);
    } else if (event.key === 'Enter' && current !== null) {
      const at = points[current]?.at;
      if (at !== undefined) onPick?.(at);
    } else if (event.key === 'Escape') setCurrent(null);
  };
  const point = current === null ? undefined : points[current];
  const x = current === null ? 0 : LEFT + ((current % HOURS) + 1) * cellWidth;
  const y = current === null ? 0 : Math.floor(current / HOURS) * cellHeight;
  return (
    <div className="wm-plot" ref={ref}>
      {size.width > 0 && (
        <>
          <svg className="wm-heat" width={size.width} height={size.height} aria-hidden>
            <Cells points={points} {...size} zone={zone} palette={palette} current={current} />
          </svg>
          <div
            className="wm-plot-surface"
            role="application"
            aria-roledescription={CHARTS.chartRole}
            aria-label={label}
            tabIndex={0}
            onKeyDown={onKeyDown}
            onBlur={() => setCurrent(null)}
            onPointerLeave={() => setCurrent(null)}
            onPointerMove={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              const hour = Math.floor((event.clientX - box.left - LEFT) / cellWidth);
              const day = Math.floor((event.clientY - box.top) / cellHeight);
              setCurrent(hour >= 0 && hour < HOURS && day >= 0 && day < DAYS ? day * HOURS + hour : null);
            }}
            onClick={() => {
              const at = current === null ? undefined : points[current]?.at;
              if (at !== undefined) onPick?.(at);
            }}
          />
          {point && (
            <div
              className="wm-tooltip"
              role="status"
              style={{
                top: Math.min(y, Math.max(0, size.height - 90)),
                ...(x > size.width / 2 ? { right: size.width - x + cellWidth + 8 } : { left: x + 8 }),
              }}
            >
              <TooltipBody
                title={formatBucket(point.at, 'hourOfWeek', zone)}
                complete={point.complete}
                rows={[{ name, colour: palette.sequence[2] ?? '', value: formatExact(point.value) }]}
                picks={onPick !== undefined}
              />
            </div>
          )}
        </>
      )}
    </div>
  );
}
