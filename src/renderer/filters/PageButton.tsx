import type { ReportEvent } from '../../shared/reports/filters';
import { describeEvent } from './describeFilter';
import { NamePicker } from './NamePicker';
import { PickerButton } from './PickerButton';
import { useValueSuggestions, type Offered } from './useSuggestions';
import { FILTERS } from '../text/filters';
import { WORDS } from '../text/words';

const PAGE_FIELD = 'page.path';

/** Any event on a page: what a page is to a report that speaks of events. */
export const pageEvent = (path: string): ReportEvent => ({
  event: '*',
  where: [{ field: PAGE_FIELD, op: 'eq', value: path }],
  label: path,
});

const usePages = (text: string): Offered => useValueSuggestions(PAGE_FIELD, text);

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
        <NamePicker
          label={label}
          useNames={usePages}
          nobody={FILTERS.noPageIsCalled}
          onPick={(path) => {
            close();
            onPick(pageEvent(path));
          }}
        />
      )}
    </PickerButton>
  );
}
