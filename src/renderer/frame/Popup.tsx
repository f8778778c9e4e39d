import { Popover, type PopoverProps } from '@blueprintjs/core';
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { focusWhenDrawn, giveFocusBack } from '../state/focusReturn';

type Back = () => Element | null | undefined;

interface PopupProps extends PopoverProps {
  /** What has the focus once it is closed; by default the button it hangs on, else what it lies in. */
  readonly returnTo?: Back;
}

const ITEMS = '[role="menuitem"]:not([aria-disabled="true"])';
const FIELDS = 'input, select, textarea, button, a[href]';

/** What is opened has the focus from its first item or field on; in a menu arrows walk the items. */
function Body({ children }: { children: ReactNode }): React.JSX.Element {
  const body = useRef<HTMLDivElement>(null);
  // Also when what has the focus gives way to something else, as the items of a menu to a definition.
  useEffect(() => {
    const element = body.current;
    if (!element || element.contains(document.activeElement)) return;
    const first = element.querySelector<HTMLElement>(ITEMS) ?? element.querySelector<HTMLElement>(FIELDS);
    (first ?? element).focus({ preventScroll: true });
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.target instanceof Element) || !event.target.closest('[role="menu"]')) return;
    const items = [...(body.current?.querySelectorAll<HTMLElement>(ITEMS) ?? [])];
    const at = items.findIndex((item) => item.contains(document.activeElement));
    const next =
      event.key === 'ArrowDown'
        ? items[(at + 1) % items.length]
        : event.key === 'ArrowUp'
          ? items[(at <= 0 ? items.length : at) - 1]
          : event.key === 'Home'
            ? items[0]
            : event.key === 'End'
              ? items[items.length - 1]
              : undefined;
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <div ref={body} className="wm-popup" tabIndex={-1} onKeyDown={onKeyDown}>
      {children}
    </div>
  );
}

/** What opens by a click and hangs on something; closed, it gives the focus back, however it was closed. */
export function Popup({ returnTo, onClosed, content, ...props }: PopupProps): React.JSX.Element {
  const popover = useRef<Popover>(null);
  const own = useRef<Back>();
  const wanted = useRef(returnTo);
  const back: Back = () => wanted.current?.() ?? own.current?.();
  useEffect(() => {
    wanted.current = returnTo;
  }, [returnTo]);
  useEffect(() => {
    const target = popover.current?.targetRef.current;
    const around = target?.closest('[tabindex="0"]');
    own.current = () => target?.querySelector('button, a, input') ?? around;
    // One that is taken away while it is open is never closed.
    return () => focusWhenDrawn(() => wanted.current?.() ?? own.current?.());
  }, []);
  return (
    <Popover
      {...props}
      ref={popover}
      content={<Body>{content}</Body>}
      onClosed={(node) => {
        onClosed?.(node);
        giveFocusBack([back()], node);
        // What the library puts around it is taken away only now.
        focusWhenDrawn(back);
      }}
    />
  );
}
