import { memo } from 'react';
import { drawElement } from './drawElement';
import type { Drawn } from './exportCard';
import { areaPath, linePath, scalesOf, type Figure, type PlotLine, type Scales } from './figure';

/** Share of a bucket that lies between two bars. */
const BAR_GAP = 0.06;
const TICK_PX = 4;
const LEGEND_ROW_PX = 20;

function Line({ line, scales }: { line: PlotLine; scales: Scales }): React.JSX.Element {
  const { colour, widthPx, dash, opacity, marker } = line;
  return (
    <g opacity={opacity}>
      {line.isFilled && <path d={areaPath(line, scales)} fill={colour} fillOpacity={0.08} />}
      {!line.isLineless && (
        <path
          d={linePath(line, scales)}
          fill="none"
          stroke={colour}
          strokeWidth={widthPx}
          strokeLinejoin="round"
          {...(dash === undefined ? { strokeLinecap: 'round' } : { strokeDasharray: dash })}
        />
      )}
      {marker &&
        line.points.map(
          ({ x, y }) =>
            y !== null && (
              <circle
                key={x}
                cx={scales.x(x)}
                cy={scales.y(y)}
                r={marker.sizePx / 2}
                fill={marker.isHollow ? 'none' : colour}
                stroke={colour}
              />
            ),
        )}
    </g>
  );
}

/** Gridlines and axes, under what is plotted. */
function Axes({ figure, scales }: { figure: Figure; scales: Scales }): React.JSX.Element {
  const { palette, margins, xTicks, xTitle, yAxis, formatY } = figure;
  const text = { fontSize: 12, fill: palette.muted };
  const right = margins.left + scales.plotWidth;
  const bottom = margins.top + scales.plotHeight;
  return (
    <>
      {yAxis.ticks.map((value) => {
        const y = Math.round(scales.y(value)) + 0.5;
        return (
          <g key={value}>
            <line x1={margins.left} x2={right} y1={y} y2={y} stroke={palette.hairline} />
            <text x={margins.left - 8} y={y + 4} textAnchor="end" {...text}>
              {formatY(value)}
            </text>
          </g>
        );
      })}
      {xTicks.map(({ index, label }) => {
        const x = Math.round(scales.x(index)) + 0.5;
        return (
          <g key={index}>
            <line x1={x} x2={x} y1={bottom} y2={bottom + TICK_PX} stroke={palette.hairline} />
            <text x={x} y={bottom + 16} textAnchor="middle" {...text}>
              {label}
            </text>
          </g>
        );
      })}
      <line
        x1={margins.left}
        x2={right}
        y1={Math.round(bottom) + 0.5}
        y2={Math.round(bottom) + 0.5}
        stroke={palette.control}
      />
      <text x={margins.left + scales.plotWidth / 2} y={bottom + 36} textAnchor="middle" {...text}>
        {xTitle}
      </text>
    </>
  );
}

function Bars({ figure, scales }: { figure: Figure; scales: Scales }): React.JSX.Element {
  const width = (scales.plotWidth / Math.max(1, figure.count)) * (1 - BAR_GAP);
  const zero = scales.y(0);
  return (
    <>
      {figure.bars?.values.map((value, index) => (
        <rect
          key={index}
          x={scales.x(index) - width / 2}
          y={scales.y(value)}
          width={width}
          height={zero - scales.y(value)}
          fill={figure.bars?.colour}
        />
      ))}
    </>
  );
}

/** The names of the lines beside the plot, for files; the window has a legend of its own. */
function LineNames({ figure, scales }: { figure: Figure; scales: Scales }): React.JSX.Element {
  const { palette, margins, lines } = figure;
  const x = margins.left + scales.plotWidth + 12;
  return (
    <>
      {lines
        .filter((line) => !line.isUnnamed)
        .map(({ name, colour }, index) => {
          const y = margins.top + (index + 0.5) * LEGEND_ROW_PX;
          return (
            <g key={name}>
              <line x1={x} x2={x + 16} y1={y} y2={y} stroke={colour} strokeWidth={2} />
              <text x={x + 22} y={y + 4} fontSize={12} fill={palette.text}>
                {name}
              </text>
            </g>
          );
        })}
    </>
  );
}

interface PlotProps {
  readonly figure: Figure;
  readonly width: number;
  readonly height: number;
  readonly namesLines?: boolean;
}

/**
 * A figure as SVG with plain attributes, so that the same drawing serves the window and files. It draws in about a
 * millisecond: a filter changes every chart in sight, and the window's share of the wait is mostly drawing.
 */
export const Plot = memo(function Plot({ figure, width, height, namesLines }: PlotProps): React.JSX.Element {
  const scales = scalesOf(figure, width, height);
  return (
    <svg width={width} height={height} aria-hidden>
      <Axes figure={figure} scales={scales} />
      <Bars figure={figure} scales={scales} />
      {figure.lines.map((line, index) => (
        <Line key={index} line={line} scales={scales} />
      ))}
      {namesLines && <LineNames figure={figure} scales={scales} />}
    </svg>
  );
});

/** A figure as an SVG document for files; several lines are named beside it. */
export function drawFigure(figure: Figure, width: number, height: number): Drawn {
  const namesLines = figure.lines.filter((line) => !line.isUnnamed).length > 1;
  return drawElement(<Plot {...{ figure, width, height, namesLines }} />, width, height);
}
