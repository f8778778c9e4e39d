import { Menu, MenuItem } from '@blueprintjs/core';
import { useState, type KeyboardEvent } from 'react';
import { Popup } from '../../frame/Popup';
import type { PathsData } from '../../../shared/reports/result';
import { TooltipBody } from '../../chart/Tooltip';
import { useSize } from '../../chart/useSize';
import { formatExact } from '../../format/number';
import { anchorAt } from '../../frame/Anchor';
import { usePalette } from '../../theme/palette';
import { OTHER } from '../../theme/seriesColour';
import {
  DROP_OFF,
  isNode,
  LABEL_PX,
  MIN_STEP_PX,
  sameMark,
  SankeyDrawing,
  TOP,
  type Mark,
} from './SankeyDrawing';
import { layOutSankey, type NodeBox } from './sankeyLayout';
import { PATHS } from '../../text/paths';
import { WORDS } from '../../text/words';

const describe = (mark: Mark): string =>
  isNode(mark) ? `${mark.node.position}: ${mark.node.name}` : `${mark.link.from} → ${mark.link.to}`;

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
        aria-roledescription={PATHS.chartRole}
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
                  name: data.unit === 'session' ? WORDS.sessions : WORDS.users,
                  colour: palette.accent,
                  value: formatExact(box?.count),
                },
              ]}
              picks={!isNode(current)}
            />
          </div>
        )}
        {menu && (
          <Popup
            isOpen
            placement="right-start"
            onInteraction={(open) => {
              if (!open) close();
            }}
            content={
              <Menu>
                <MenuItem
                  text={WORDS.users}
                  onClick={() => {
                    close();
                    onUsers(menu.position, menu.name);
                  }}
                />
                {(['start', 'end', 'hide'] as const).map((action) => (
                  <MenuItem
                    key={action}
                    text={
                      action === 'start' ? PATHS.startHere : action === 'end' ? PATHS.endHere : PATHS.hide
                    }
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
