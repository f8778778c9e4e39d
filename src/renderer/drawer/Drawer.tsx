import { useEffect, useRef } from 'react';
import { PanelHeader } from '../frame/PanelHeader';
import { closeDrawer, useDrawer } from '../state/drawer';
import { FRAME } from '../text/frame';
import { LensPanel } from './LensPanel';
import { UsersPanel } from './UsersPanel';
import { DRAWER } from '../text/drawer';

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
        aria-label={DRAWER.widthOfTheDetails}
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
  return <PanelHeader title={title} hint={DRAWER.closeByEscape(FRAME.close)} onClose={closeDrawer} />;
}
