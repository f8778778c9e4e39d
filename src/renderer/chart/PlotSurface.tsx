import { Menu, MenuItem } from '@blueprintjs/core';
import { Popup } from '../frame/Popup';
import { anchorAt } from '../frame/Anchor';
import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { WORDS } from '../text/words';
import { CHARTS } from '../text/charts';

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Margins around the plot area, px. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** What a point means on screen: where it lies (px of the frame) and in which colour. */
export interface Mark {
  readonly y: number;
  readonly colour: string;
}

export interface PlotSurfaceProps {
  readonly frame: Frame;
  /** Accessible name: title and headline. */
  readonly label: string;
  /** Buckets along x, each `step` wide from `left`; points lie in the middle unless they touch the edges. */
  readonly count: number;
  readonly centered: boolean;
  /** Series at a bucket that the up and down arrows walk. */
  readonly seriesCount: number;
  readonly marks: (index: number) => readonly Mark[];
  readonly tooltip: (index: number, series: number) => ReactNode;
  readonly onPick?: ((index: number, series: number) => void) | undefined;
  readonly onRange?: ((from: number, to: number) => void) | undefined;
  readonly rangeLabels?: readonly [string, string];
  readonly onRangeFilter?: ((from: number, to: number) => void) | undefined;
}

/** x in px of a bucket. */
export function bucketX(frame: Frame, count: number, centered: boolean, index: number): number {
  const width = frame.width - frame.left - frame.right;
  if (centered) return frame.left + ((index + 0.5) / Math.max(1, count)) * width;
  return frame.left + (count <= 1 ? 0.5 : index / (count - 1)) * width;
}

function indexAt(frame: Frame, count: number, centered: boolean, x: number): number {
  const share = (x - frame.left) / Math.max(1, frame.width - frame.left - frame.right);
  const index = centered ? Math.floor(share * count) : Math.round(share * (count - 1));
  return Math.min(count - 1, Math.max(0, index));
}

const TOOLTIP_PX = 240;

/**
 * The layer over a chart that answers to pointer and keys: arrows walk buckets and series, Enter opens the
 * users, Escape leaves, dragging marks a range.
 */
export function PlotSurface(props: PlotSurfaceProps): React.JSX.Element {
  const { frame, count, centered, seriesCount, marks, tooltip, onPick, onRange, onRangeFilter } = props;
  const [at, setAt] = useState<{ index: number; series: number } | null>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const [menuAt, setMenuAt] = useState<{ from: number; to: number } | null>(null);
  const surface = useRef<HTMLDivElement>(null);
  const place = (event: PointerEvent<HTMLDivElement>): number =>
    indexAt(frame, count, centered, event.clientX - event.currentTarget.getBoundingClientRect().left);

  const nearest = (event: PointerEvent<HTMLDivElement>, index: number): number => {
    const y = event.clientY - event.currentTarget.getBoundingClientRect().top;
    const distances = marks(index).map((mark) => Math.abs(mark.y - y));
    return Math.max(0, distances.indexOf(Math.min(...distances)));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const now = at ?? { index: count - 1, series: 0 };
    const go = (index: number, series: number): void => {
      event.preventDefault();
      event.stopPropagation();
      setAt({
        index: Math.min(count - 1, Math.max(0, index)),
        series: Math.min(seriesCount - 1, Math.max(0, series)),
      });
    };
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowRight') go(at ? now.index + 1 : 0, now.series);
    else if (event.key === 'ArrowLeft') go(at ? now.index - 1 : now.index, now.series);
    else if (event.key === 'ArrowDown') go(now.index, now.series + 1);
    else if (event.key === 'ArrowUp') go(now.index, now.series - 1);
    else if (event.key === 'Home') go(0, now.series);
    else if (event.key === 'End') go(count - 1, now.series);
    else if (event.key === 'Enter' && at) onPick?.(at.index, at.series);
    else if (event.key === 'F10' && event.shiftKey && at) {
      event.preventDefault();
      setMenuAt({ from: at.index, to: at.index });
    } else if (event.key === 'Escape' && at) {
      event.stopPropagation();
      setAt(null);
    }
  };

  const low = drag ? Math.min(drag.from, drag.to) : 0;
  const high = drag ? Math.max(drag.from, drag.to) : 0;
  const dragging = drag !== null && low !== high;
  const x = at ? bucketX(frame, count, centered, at.index) : 0;
  const plotHeight = frame.height - frame.top - frame.bottom;
  const brush = dragging ? { low, high } : menuAt ? { low: menuAt.from, high: menuAt.to } : null;
  return (
    <>
      <div
        ref={surface}
        className="wm-plot-surface"
        role="application"
        aria-roledescription={CHARTS.chartRole}
        aria-label={props.label}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          if (at === null && event.currentTarget.matches(':focus-visible'))
            setAt({ index: count - 1, series: 0 });
        }}
        // The menu of a mark takes the focus and is about that mark.
        onBlur={() => {
          if (menuAt === null) setAt(null);
        }}
        onPointerMove={(event) => {
          const index = place(event);
          setAt({ index, series: nearest(event, index) });
          if (drag) setDrag({ ...drag, to: index });
        }}
        onPointerLeave={() => {
          setAt(null);
          setDrag(null);
        }}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          const index = place(event);
          setDrag({ from: index, to: index });
        }}
        onPointerUp={(event) => {
          if (!drag) return;
          setDrag(null);
          const index = place(event);
          if (low !== high && onRange) setMenuAt({ from: low, to: high });
          else onPick?.(index, nearest(event, index));
        }}
      />
      {brush && (
        <div
          className="wm-plot-brush"
          style={{
            left: bucketX(frame, count, centered, brush.low),
            width: Math.max(
              2,
              bucketX(frame, count, centered, brush.high) - bucketX(frame, count, centered, brush.low),
            ),
            top: frame.top,
            height: plotHeight,
          }}
        />
      )}
      {at && !menuAt && count > 0 && (
        <>
          {!centered && (
            <div className="wm-plot-cursor" style={{ left: x, top: frame.top, height: plotHeight }} />
          )}
          {!centered &&
            marks(at.index).map((mark, index) => (
              <div
                key={index}
                className="wm-plot-dot"
                style={{
                  left: x,
                  top: mark.y,
                  background: mark.colour,
                  ...(index === at.series ? { width: 12, height: 12, margin: -6 } : {}),
                }}
              />
            ))}
          <div
            className="wm-tooltip"
            role="status"
            style={{
              top: frame.top,
              ...(x + TOOLTIP_PX + 24 > frame.width
                ? { right: Math.max(0, frame.width - x + 12) }
                : { left: x + 12 }),
            }}
          >
            {tooltip(at.index, at.series)}
          </div>
        </>
      )}
      {menuAt && onRange && (
        <Popup
          isOpen
          returnTo={() => surface.current}
          placement="bottom"
          onInteraction={(open) => {
            if (!open) setMenuAt(null);
          }}
          content={
            <Menu>
              <MenuItem
                text={WORDS.zoom}
                onClick={() => {
                  onRange(menuAt.from, menuAt.to);
                  setMenuAt(null);
                  setAt(null);
                }}
              />
              {onRangeFilter && (
                <MenuItem
                  text={WORDS.filter}
                  onClick={() => {
                    onRangeFilter(menuAt.from, menuAt.to);
                    setMenuAt(null);
                    setAt(null);
                  }}
                />
              )}
              {menuAt.from === menuAt.to && onPick && (
                <MenuItem
                  text={WORDS.users}
                  onClick={() => {
                    onPick(menuAt.from, at?.series ?? 0);
                    setMenuAt(null);
                  }}
                />
              )}
            </Menu>
          }
          renderTarget={anchorAt({
            position: 'absolute',
            left: bucketX(frame, count, centered, menuAt.to),
            top: frame.top + plotHeight / 2,
          })}
        />
      )}
    </>
  );
}
