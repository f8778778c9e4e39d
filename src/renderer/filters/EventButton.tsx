import { Button, Popover } from '@blueprintjs/core';
import { useState } from 'react';
import { EventPicker } from './EventPicker';

/** A button that shows the event chosen and opens the picker. */
export function EventButton({
  label,
  value,
  onPick,
  any = false,
  onClear,
}: {
  label: string;
  value: string | null;
  onPick: (event: string) => void;
  any?: boolean;
  onClear?: () => void;
}): React.JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      isOpen={open}
      onInteraction={setOpen}
      placement="bottom-start"
      content={
        <div className="wm-picker">
          <EventPicker
            label={label}
            any={any}
            onPick={(event) => {
              setOpen(false);
              onPick(event);
            }}
          />
          {onClear && value !== null && (
            <Button
              size="small"
              variant="minimal"
              text="None"
              onClick={() => {
                setOpen(false);
                onClear();
              }}
            />
          )}
        </div>
      }
    >
      <Button
        size="small"
        text={value === null ? 'None' : value === '*' ? 'Any event' : value}
        aria-label={`${label}: ${value === null ? 'none' : value === '*' ? 'any event' : value}`}
      />
    </Popover>
  );
}
