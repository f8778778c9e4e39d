import { Dialog } from './Dialog';
import { SHORTCUTS } from './shortcutList';

/** Every shortcut at a glance. */
export function KeysDialog(): React.JSX.Element {
  return (
    <Dialog overlay="keys" title="Keys">
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
    </Dialog>
  );
}
