import type { ReportEvent } from '../../shared/reports/filters';
import { describeEvent } from './describeFilter';
import { EventPicker } from './EventPicker';
import { PickerButton } from './PickerButton';
import { WORDS } from '../text/words';
import { FILTERS } from '../text/filters';

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
  const text = value === null ? WORDS.none : value === '*' ? FILTERS.anyEvent : describeEvent(value);
  return (
    <PickerButton label={label} text={text} onClear={value === null ? undefined : onClear}>
      {(close) => (
        <EventPicker
          label={label}
          any={any}
          onPick={(event) => {
            close();
            onPick(event);
          }}
        />
      )}
    </PickerButton>
  );
}
