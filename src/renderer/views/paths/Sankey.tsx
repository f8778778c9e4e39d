import { Menu, MenuItem, Popover } from '@blueprintjs/core';
import { useState, type KeyboardEvent } from 'react';
import { anchorAt } from '../../frame/Anchor';
import type { PathsData } from '../../../shared/reports/result';
import { TooltipBody } from '../../chart/Tooltip';
import { useSize } from '../../chart/useSize';
import { formatCompact, formatExact } from '../../format/number';
import { usePalette, type Palette } from '../../theme/palette';
import { OTHER, seriesColour } from '../../theme/seriesColour';
import { bandPath, layOutSankey, type LinkBand, type NodeBox } from './sankeyLayout';

export const DROP_OFF = '(drop-off)';
const LABEL_PX = 116;
const MIN_STEP_PX = 176;
const TOP = 24;

type Mark = { readonly node: NodeBox } | { readonly link: LinkBand };
const isNode = (mark: Mark): mark is { readonly node: NodeBox } => 'node' in mark;
const sameMark = (a: Mark | null, b: Mark): boolean => JSON.stringify(a) === JSON.stringify(b);
const describe = (mark: Mark): string =>
  isNode(mark) ? `${mark.node.position}: ${mark.node.name}` : `${mark.link.from} → ${mark.link.to}`;

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
          const room = Math.floor(LABEL_PX / 6.6);
          const text = node.name.length > room ? `${node.name.slice(0, room - 1)}…` : node.name;
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
              {node.height >= 12 && (
                <text
                  x={node.x + node.width + 4}
                  y={node.y + Math.min(node.height / 2 + 4, 18)}
                  fill={palette.text}
                  {...halo}
                >
                  {text}
                </text>
              )}
              {node.height >= 28 && (
                <text
                  x={node.x + node.width + 4}
                  y={node.y + Math.min(node.height / 2 + 4, 18) + 15}
                  fill={palette.muted}
                  {...halo}
                >
                  {formatCompact(node.count)}
                </text>
              )}
            </g>
          );
        })}
      </g>
    </svg>
  );
}

/** How people move on, position by position; links open their users, nodes a menu. */
export function Sankey({
  data,
  by,
  label,
  onUsers,
  onNode,
}: {
  data: PathsData;
  by: string;
  label: string;
  onUsers: (position: number, from: string, to?: string) => void;
  onNode: (action: 'start' | 'end' | 'hide', name: string) => void;
}): React.JSX.Element {
  const palette = usePalette();
  const [ref, size] = useSize<HTMLDivElement>();
  const [current, setCurrent] = useState<Mark | null>(null);
  const [menu, setMenu] = useState<NodeBox | null>(null);
  const count = new Set(data.nodes.map((node) => node.position)).size;
  const width = Math.max(size.width, count * MIN_STEP_PX);
  const height = Math.max(360, size.height - 12);
  const { nodes, links } = layOutSankey(data, width, height - TOP, LABEL_PX);
  const marks: Mark[] = nodes.flatMap((node) => [
    { node },
    ...links
      .filter((link) => link.position === node.position && link.from === node.name)
      .map((link) => ({ link })),
  ]);
  const pick = (mark: Mark): void => {
    if (isNode(mark)) setMenu(mark.node);
    else onUsers(mark.link.position, mark.link.from, mark.link.to);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const index = current ? marks.findIndex((mark) => sameMark(current, mark)) : -1;
    const position = current ? (isNode(current) ? current.node.position : current.link.position) : 0;
    const column = (step: 1 | -1): Mark | undefined =>
      marks.find((mark) => isNode(mark) && mark.node.position === position + step);
    const target =
      event.key === 'ArrowDown'
        ? marks[index + 1]
        : event.key === 'ArrowUp'
          ? marks[Math.max(0, index - 1)]
          : event.key === 'ArrowRight'
            ? column(1)
            : event.key === 'ArrowLeft'
              ? column(-1)
              : undefined;
    if (target) setCurrent(target);
    else if (event.key === 'Enter' && current) pick(current);
    else if (event.key === 'Escape' && current) setCurrent(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const close = (): void => setMenu(null);
  const special = menu?.name === OTHER || menu?.name === DROP_OFF;
  const box = current && (isNode(current) ? current.node : current.link);
  const spot = current
    ? isNode(current)
      ? { x: current.node.x + 16, y: current.node.y + TOP }
      : { x: (current.link.x0 + current.link.x1) / 2, y: (current.link.y0 + current.link.y1) / 2 + TOP }
    : null;
  return (
    <div className="wm-sankey" ref={ref}>
      <div
        style={{ width, height, position: 'relative' }}
        role="application"
        aria-roledescription="chart"
        aria-label={current ? `${label}. ${describe(current)}, ${formatExact(box?.count)}` : label}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <SankeyDrawing
          data={data}
          by={by}
          width={width}
          height={height}
          palette={palette}
          current={current}
          onPoint={setCurrent}
          onPick={pick}
        />
        {current && spot && !menu && (
          <div
            className="wm-tooltip"
            role="status"
            style={{
              top: Math.min(spot.y, height - 72),
              ...(spot.x > width - 260 ? { right: width - spot.x + 8 } : { left: spot.x + 8 }),
            }}
          >
            <TooltipBody
              title={describe(current)}
              complete
              rows={[
                {
                  name: data.unit === 'session' ? 'Sessions' : 'Users',
                  colour: palette.accent,
                  value: formatExact(box?.count),
                },
              ]}
              picks={!isNode(current)}
            />
          </div>
        )}
        {menu && (
          <Popover
            isOpen
            placement="right-start"
            onInteraction={(open) => {
              if (!open) close();
            }}
            content={
              <Menu>
                <MenuItem
                  text="Users"
                  onClick={() => {
                    close();
                    onUsers(menu.position, menu.name);
                  }}
                />
                {(['start', 'end', 'hide'] as const).map((action) => (
                  <MenuItem
                    key={action}
                    text={action === 'start' ? 'Start here' : action === 'end' ? 'End here' : 'Hide'}
                    disabled={special}
                    onClick={() => {
                      close();
                      onNode(action, menu.name);
                    }}
                  />
                ))}
              </Menu>
            }
            renderTarget={anchorAt({ position: 'absolute', left: menu.x + menu.width, top: menu.y + TOP })}
          />
        )}
      </div>
    </div>
  );
}
