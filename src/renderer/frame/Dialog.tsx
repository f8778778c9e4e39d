import { useEffect, useRef, useState, type ReactNode } from 'react';
import { focusWhenDrawn } from '../state/focusReturn';
import { useOverlays, type Overlay } from './overlays';
import { PanelHeader } from './PanelHeader';

interface DialogProps {
  readonly overlay: Overlay;
  readonly title: string;
  readonly className?: string;
  /** The button takes the focus first; false where a field does. */
  readonly focusClose?: boolean;
  readonly children: ReactNode;
}

function OpenDialog(props: DialogProps): React.JSX.Element {
  const { overlay, title, className = '', focusClose = true, children } = props;
  const dialog = useRef<HTMLDivElement>(null);
  const close = (): void => useOverlays.setState({ [overlay]: false });
  const [opener] = useState(() => document.activeElement);
  // A menu that led here gives the focus back to its button after it has closed; the dialog takes it again,
  // and gives it back in the end.
  useEffect(() => {
    const { activeElement } = document;
    const first = dialog.current?.contains(activeElement) === true ? activeElement : dialog.current;
    let inside = first instanceof HTMLElement ? first : null;
    let outside: Element | null = opener;
    const onFocus = ({ target }: FocusEvent): void => {
      if (!(target instanceof HTMLElement) || target.closest('.wm-toasts')) return;
      if (dialog.current?.contains(target)) inside = target;
      else {
        outside = target;
        inside?.focus();
      }
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') useOverlays.setState({ [overlay]: false });
    };
    document.addEventListener('focusin', onFocus);
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('keydown', onKey);
      // The item of a menu that led here is gone.
      focusWhenDrawn(
        () => outside,
        () => document.querySelector('.wm-heading h1'),
      );
    };
  }, [overlay, opener]);
  return (
    <div className="wm-overlay" onPointerDown={(event) => event.target === event.currentTarget && close()}>
      <div
        ref={dialog}
        className={`wm-keys ${className}`}
        role="dialog"
        aria-modal
        aria-label={title}
        tabIndex={-1}
      >
        <PanelHeader title={title} takesFocus={focusClose} onClose={close} />
        {children}
      </div>
    </div>
  );
}

/** A window over the window: it holds the focus; Escape, a click beside it and its button close it. */
export function Dialog(props: DialogProps): React.JSX.Element | null {
  const isOpen = useOverlays((state) => state[props.overlay]);
  return isOpen ? <OpenDialog {...props} /> : null;
}
