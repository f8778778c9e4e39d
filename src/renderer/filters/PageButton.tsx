import { Button, Popover } from '@blueprintjs/core';
import { useState } from 'react';
import type { ReportEvent } from '../../shared/reports/filters';
import { Combobox } from '../frame/Combobox';
import { describeEvent } from './describeFilter';
import { useValueSuggestions } from './useSuggestions';

const PAGE_FIELD = 'page.path';

/** Any event on a page: what a page is to a report that speaks of events. */
export const pageEvent = (path: string): ReportEvent => ({
  event: '*',
  where: [{ field: PAGE_FIELD, op: 'eq', value: path }],
  label: path,
});

/** A button that shows the page chosen and opens a picker of pages, the most frequent first. */
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
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const { suggestions } = useValueSuggestions(open ? PAGE_FIELD : null, search);
  const text = value === null ? 'None' : describeEvent(value);
  const close = (): void => {
    setOpen(false);
    setSearch('');
  };
  return (
    <Popover
      isOpen={open}
      onInteraction={setOpen}
      placement="bottom-start"
      content={
        <div className="wm-picker">
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
            onPick={(option) => {
              close();
              onPick(pageEvent(option.value));
            }}
          />
          {onClear && value !== null && (
            <Button
              size="small"
              variant="minimal"
              text="None"
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
    </Popover>
  );
}
