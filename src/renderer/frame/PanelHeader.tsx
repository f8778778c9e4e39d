import { Button } from '@blueprintjs/core';
import { Cross } from '@blueprintjs/icons';
import { FRAME } from '../text/frame';

/** The title line of what opens beside or over the content, with the button that closes it. */
export function PanelHeader({
  title,
  hint,
  takesFocus = false,
  onClose,
}: {
  title: string;
  /** What the button does, where a key does it too. */
  hint?: string;
  takesFocus?: boolean;
  onClose: () => void;
}): React.JSX.Element {
  return (
    <header className="wm-drawer-header">
      <h2>{title}</h2>
      <Button
        variant="minimal"
        icon={<Cross />}
        aria-label={FRAME.close}
        title={hint}
        autoFocus={takesFocus}
        onClick={onClose}
      />
    </header>
  );
}
