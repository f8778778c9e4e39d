import { FILTERS } from '../text/filters';
import { NamePicker } from './NamePicker';
import { useEventSuggestions } from './useSuggestions';

const ANY = [{ value: '*', label: FILTERS.anyEvent }] as const;

/** Picks an event type, the most frequent first. */
export function EventPicker({
  label,
  onPick,
  autoFocus = true,
  any = false,
  maxHeight = 240,
}: {
  label: string;
  onPick: (event: string) => void;
  autoFocus?: boolean;
  /** Offers "any event". */
  any?: boolean;
  maxHeight?: number;
}): React.JSX.Element {
  return (
    <NamePicker
      label={label}
      onPick={onPick}
      useNames={useEventSuggestions}
      nobody={FILTERS.noEventIsCalled}
      {...(any ? { before: ANY } : {})}
      autoFocus={autoFocus}
      maxHeight={maxHeight}
    />
  );
}
