import { Button } from '@blueprintjs/core';
import { Cross } from '@blueprintjs/icons';
import { FRAME } from '../text/words';
import { useOverlays } from './overlays';
import { SHORTCUTS } from './shortcutList';

/** Every shortcut at a glance. */
export function KeysDialog(): React.JSX.Element | null {
  const open = useOverlays((state) => state.keys);
  if (!open) return null;
  const close = (): void => useOverlays.setState({ keys: false });
  return (
    <div
      className="wm-overlay"
      onPointerDown={(event) => event.target === event.currentTarget && close()}
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <div className="wm-keys" role="dialog" aria-modal aria-label="Keys">
        <header className="wm-drawer-header">
          <h2>Keys</h2>
          <Button variant="minimal" icon={<Cross />} aria-label={FRAME.close} autoFocus onClick={close} />
        </header>
        <dl>
          {SHORTCUTS.map(({ keys, text }) => (
            <div key={keys}>
              <dt>
                <kbd className="wm-kbd">{keys}</kbd>
              </dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </div>
    </div>
  );
}
