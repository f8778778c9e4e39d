import { useState } from 'react';
import type { ReportEvent } from '../../shared/reports/filters';
import { Combobox } from '../frame/Combobox';
import { describeEvent } from './describeFilter';
import { PickerButton } from './PickerButton';
import { useValueSuggestions } from './useSuggestions';
import { WORDS } from '../text/words';

const PAGE_FIELD = 'page.path';

/** Any event on a page: what a page is to a report that speaks of events. */
export const pageEvent = (path: string): ReportEvent => ({
  event: '*',
  where: [{ field: PAGE_FIELD, op: 'eq', value: path }],
  label: path,
});

/** Picks a page, the most frequent first. */
function PagePicker({ label, onPick }: { label: string; onPick: (path: string) => void }): React.JSX.Element {
  const [search, setSearch] = useState('');
  const { suggestions } = useValueSuggestions(PAGE_FIELD, search);
  return (
    <Combobox
      label={label}
      hideLabel
      free
      autoFocus
      options={suggestions.map((page) => ({
        value: String(page.value),
        label: String(page.value),
        count: page.count,
      }))}
      search={search}
      onSearch={setSearch}
      placeholder={label}
      onPick={(option) => onPick(option.value)}
    />
  );
}

/** A button that shows the page chosen and opens a picker of pages. */
export function PageButton({
  label,
  value,
  onPick,
  onClear,
}: {
  label: string;
  value: ReportEvent | null;
  onPick: (page: ReportEvent) => void;
  onClear?: () => void;
}): React.JSX.Element {
  return (
    <PickerButton
      label={label}
      text={value === null ? WORDS.none : describeEvent(value)}
      onClear={value === null ? undefined : onClear}
    >
      {(close) => (
        <PagePicker
          label={label}
          onPick={(path) => {
            close();
            onPick(pageEvent(path));
          }}
        />
      )}
    </PickerButton>
  );
}
