import { Button, Popover } from '@blueprintjs/core';
import { useState } from 'react';
import type { ReportEvent } from '../../shared/reports/filters';
import { describeEvent } from './describeFilter';
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
  value: ReportEvent | null;
  onPick: (event: string) => void;
  any?: boolean;
  onClear?: () => void;
}): React.JSX.Element {
  const [open, setOpen] = useState(false);
  const text = value === null ? 'None' : value === '*' ? 'Any event' : describeEvent(value);
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
      <Button size="small" text={text} title={text} aria-label={`${label}: ${text}`} />
    </Popover>
  );
}
