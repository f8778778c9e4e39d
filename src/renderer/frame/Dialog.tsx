import { Button } from '@blueprintjs/core';
import { Cross } from '@blueprintjs/icons';
import type { ReactNode } from 'react';
import { FRAME } from '../text/words';
import { useOverlays, type Overlay } from './overlays';

/** A window over the window: Escape, a click beside it and its button close it. */
export function Dialog({
  overlay,
  title,
  className = '',
  focusClose = true,
  children,
}: {
  overlay: Overlay;
  title: string;
  className?: string;
  /** The button takes the focus first; false where a field does. */
  focusClose?: boolean;
  children: ReactNode;
}): React.JSX.Element | null {
  const isOpen = useOverlays((state) => state[overlay]);
  if (!isOpen) return null;
  const close = (): void => useOverlays.setState({ [overlay]: false });
  return (
    <div
      className="wm-overlay"
      onPointerDown={(event) => event.target === event.currentTarget && close()}
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <div className={`wm-keys ${className}`} role="dialog" aria-modal aria-label={title}>
        <header className="wm-drawer-header">
          <h2>{title}</h2>
          <Button
            variant="minimal"
            icon={<Cross />}
            aria-label={FRAME.close}
            autoFocus={focusClose}
            onClick={close}
          />
        </header>
        {children}
      </div>
    </div>
  );
}
