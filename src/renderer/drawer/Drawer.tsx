import { Button } from '@blueprintjs/core';
import { Cross } from '@blueprintjs/icons';
import { useEffect, useRef } from 'react';
import { closeDrawer, useDrawer } from '../state/drawer';
import { FRAME } from '../text/words';
import { LensPanel } from './LensPanel';
import { UsersPanel } from './UsersPanel';

const MIN_PX = 320;

/** The panel beside the report: the users behind a mark, or how a figure was got. */
export function Drawer(): React.JSX.Element | null {
  const { open, content, widthPx } = useDrawer();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (open) panel.current?.focus();
  }, [open, content]);
  if (!open || !content) return null;
  const resize = (width: number): void =>
    useDrawer.setState({ widthPx: Math.min(window.innerWidth / 2, Math.max(MIN_PX, width)) });
  return (
    <aside
      className="wm-drawer"
      ref={panel}
      tabIndex={-1}
      aria-label={FRAME.drawer}
      style={{ width: widthPx }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          closeDrawer();
        }
      }}
    >
      <div
        className="wm-drawer-grip"
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the details"
        aria-valuenow={Math.round(widthPx)}
        aria-valuemin={MIN_PX}
        tabIndex={0}
        onKeyDown={(event) => {
          if (event.key === 'ArrowLeft') resize(widthPx + 24);
          if (event.key === 'ArrowRight') resize(widthPx - 24);
        }}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId))
            resize(window.innerWidth - event.clientX);
        }}
      />
      {content.kind === 'users' ? (
        <UsersPanel key={JSON.stringify(content.report)} content={content} />
      ) : (
        <LensPanel key={JSON.stringify(content.report)} content={content} />
      )}
    </aside>
  );
}

/** Title line of a drawer's content. */
export function DrawerHeader({ title }: { title: string }): React.JSX.Element {
  return (
    <header className="wm-drawer-header">
      <h2>{title}</h2>
      <Button
        variant="minimal"
        icon={<Cross />}
        aria-label={FRAME.close}
        title={`${FRAME.close} (Esc)`}
        onClick={closeDrawer}
      />
    </header>
  );
}
