import { useState } from 'react';
import { Combobox } from '../frame/Combobox';
import { useEventSuggestions } from './useSuggestions';
import { FILTERS } from '../text/filters';

/** Picks an event type: what is typed filters the most frequent; Enter takes one. */
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
  const [search, setSearch] = useState('');
  const { suggestions } = useEventSuggestions(search);
  const options = suggestions.map(({ value, count }) => ({
    value: String(value),
    label: String(value),
    count,
  }));
  return (
    <Combobox
      label={label}
      hideLabel
      free
      autoFocus={autoFocus}
      maxHeight={maxHeight}
      options={any ? [{ value: '*', label: FILTERS.anyEvent }, ...options] : options}
      search={search}
      onSearch={setSearch}
      placeholder={label}
      onPick={(option) => {
        setSearch('');
        onPick(option.value);
      }}
    />
  );
}
