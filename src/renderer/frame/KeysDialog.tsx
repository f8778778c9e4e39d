import { Dialog } from './Dialog';
import { SHORTCUTS } from '../text/shortcutList';
import { WORDS } from '../text/words';

/** Every shortcut at a glance. */
export function KeysDialog(): React.JSX.Element {
  return (
    <Dialog overlay="keys" title={WORDS.keys}>
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
