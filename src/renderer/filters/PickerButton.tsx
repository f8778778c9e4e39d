import { Button } from '@blueprintjs/core';
import { useState, type ReactNode } from 'react';
import { Popup } from '../frame/Popup';
import { WORDS } from '../text/words';

/** A button that shows what is chosen and opens a picker; with `onClear`, the picker offers "None" too. */
export function PickerButton({
  label,
  text,
  onClear,
  children,
}: {
  label: string;
  /** What is chosen, in words. */
  text: string;
  onClear?: (() => void) | undefined;
  /** The picker; it calls `close` when something was picked. */
  children: (close: () => void) => ReactNode;
}): React.JSX.Element {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <Popup
      isOpen={isOpen}
      onInteraction={setOpen}
      placement="bottom-start"
      content={
        <div className="wm-picker">
          {children(close)}
          {onClear && (
            <Button
              size="small"
              variant="minimal"
              text={WORDS.none}
              onClick={() => {
                close();
                onClear();
              }}
            />
          )}
        </div>
      }
    >
      <Button size="small" text={text} title={text} aria-label={`${label}: ${text}`} />
    </Popup>
  );
}
