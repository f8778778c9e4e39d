import { createElement } from 'react';
import type { PathsData } from '../../../shared/reports/result';
import { drawElement } from '../../chart/drawElement';
import type { Drawn } from '../../chart/exportCard';
import { formatCompact } from '../../format/number';
import type { Palette } from '../../theme/palette';
import { seriesColour } from '../../theme/seriesColour';
import { bandPath, layOutSankey, type LinkBand, type NodeBox } from './sankeyLayout';

export const DROP_OFF = '(drop-off)';
/** Room for a name after the last position, px. */
export const LABEL_PX = 132;
export const MIN_STEP_PX = 176;
/** Room for the numbers of the positions, px. */
export const TOP = 24;

export type Mark = { readonly node: NodeBox } | { readonly link: LinkBand };
export const isNode = (mark: Mark): mark is { readonly node: NodeBox } => 'node' in mark;
export const sameMark = (a: Mark | null, b: Mark): boolean => JSON.stringify(a) === JSON.stringify(b);
/** A line of text needs so much height, a character about so much width, px. */
const LINE_PX = 13;
const CHARACTER_PX = 6.8;

const nodeColour = (palette: Palette, by: string, name: string): string =>
  name === DROP_OFF ? palette.hover : seriesColour(palette, by === 'page' ? 'page.path' : 'eventType', name);

/** The flow as a drawing; with `marks`, it answers to the pointer. */
export function SankeyDrawing({
  data,
  by,
  width,
  height,
  palette,
  current,
  onPoint,
  onPick,
}: {
  data: PathsData;
  by: string;
  width: number;
  height: number;
  palette: Palette;
  current?: Mark | null;
  onPoint?: (mark: Mark | null) => void;
  onPick?: (mark: Mark) => void;
}): React.JSX.Element {
  const { nodes, links } = layOutSankey(data, width, height - TOP, LABEL_PX);
  const positions = [...new Set(nodes.map((node) => node.position))];
  const columns = [...new Set(nodes.map((node) => node.x))];
  const stepPx = (columns[1] ?? width) - (columns[0] ?? 0);
  // Names lie over the bands: an outline keeps them readable.
  const halo = { stroke: palette.surface, strokeWidth: 3, paintOrder: 'stroke' } as const;
  return (
    <svg width={width} height={height} fontSize={12} onPointerLeave={() => onPoint?.(null)}>
      {positions.map((position) => (
        <text
          key={position}
          x={nodes.find((node) => node.position === position)?.x ?? 0}
          y={14}
          fill={palette.muted}
        >
          {position}
        </text>
      ))}
      <g transform={`translate(0 ${TOP})`}>
        {links.map((link) => {
          const mark = { link };
          const isCurrent = current != null && sameMark(current, mark);
          return (
            <path
              key={`${link.position} ${link.from} ${link.to}`}
              d={bandPath(link)}
              fill={isCurrent ? palette.accent : palette.other}
              fillOpacity={isCurrent ? 0.6 : link.to === DROP_OFF ? 0.15 : 0.35}
              stroke={palette.surface}
              strokeWidth={1}
              cursor="pointer"
              onPointerEnter={() => onPoint?.(mark)}
              onClick={() => onPick?.(mark)}
            />
          );
        })}
        {nodes.map((node) => {
          const mark = { node };
          const isCurrent = current != null && sameMark(current, mark);
          const count = formatCompact(node.count);
          const isLast = node.x === columns[columns.length - 1];
          const room =
            Math.floor(((isLast ? LABEL_PX : stepPx - node.width) - 8) / CHARACTER_PX) - count.length - 1;
          const name = node.name.length > room ? `${node.name.slice(0, room - 1)}…` : node.name;
          return (
            <g
              key={`${node.position} ${node.name}`}
              cursor="pointer"
              onPointerEnter={() => onPoint?.(mark)}
              onClick={() => onPick?.(mark)}
            >
              <rect
                x={node.x}
                y={node.y}
                width={node.width}
                height={node.height}
                fill={nodeColour(palette, by, node.name)}
                stroke={isCurrent ? palette.text : node.name === DROP_OFF ? palette.control : 'none'}
                strokeWidth={isCurrent ? 2 : 1}
              />
              {node.height >= LINE_PX && (
                <text
                  x={node.x + node.width + 4}
                  y={node.y + Math.min(node.height / 2 + 4, 18)}
                  fill={palette.text}
                  {...halo}
                >
                  {name} <tspan fill={palette.muted}>{count}</tspan>
                </text>
              )}
            </g>
          );
        })}
      </g>
    </svg>
  );
}

/** The flow as an SVG document for files. */
export function drawSankey(data: PathsData, by: string, palette: Palette): Drawn {
  const width = Math.max(960, new Set(data.nodes.map((node) => node.position)).size * 190);
  const height = 520;
  return drawElement(createElement(SankeyDrawing, { data, by, width, height, palette }), width, height);
}
