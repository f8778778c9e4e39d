import { Button } from '@blueprintjs/core';
import { Cross, Filter as FilterIcon } from '@blueprintjs/icons';
import { useRef, useState, type KeyboardEvent } from 'react';
import { Popup } from '../frame/Popup';
import type { FilterChip } from '../state/scope';
import { invertFilter } from '../state/scope';
import { focusWhenDrawn } from '../state/focusReturn';
import { addFilter, changeChip, changeScope, currentPlace, removeChip, useScope } from '../state/place';
import { showToast } from '../state/toast';
import { FRAME } from '../text/frame';
import { describeFilter } from './describeFilter';
import { FilterBuilder } from './FilterBuilder';
import { SegmentPicker } from './SegmentPicker';
import { FILTERS } from '../text/filters';

const chipTexts = (): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>('.wm-filterbar .wm-chip-text'),
];

function Chip({ chip }: { chip: FilterChip }): React.JSX.Element {
  const [editing, setEditing] = useState(false);
  const own = useRef<HTMLSpanElement>(null);
  const text = describeFilter(chip.filter);
  const remove = (): void => {
    const at = chipTexts().findIndex((text) => text.closest('.wm-chip') === own.current);
    const before = currentPlace().scope.chips;
    removeChip(chip.id);
    focusWhenDrawn(
      () => chipTexts()[at] ?? chipTexts()[at - 1],
      () => document.querySelector('[data-shortcut="f"]'),
    );
    showToast(FILTERS.removed(text), { undo: () => changeScope({ chips: before }) });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (editing) return;
    const chips = chipTexts();
    const at = chips.indexOf(event.currentTarget);
    if (event.key === 'ArrowRight' && !event.altKey) chips[at + 1]?.focus();
    else if (event.key === 'ArrowLeft' && !event.altKey) chips[at - 1]?.focus();
    else if (event.key === 'Enter' && event.altKey)
      changeChip(chip.id, { filter: invertFilter(chip.filter) });
    else if (event.key === ' ') changeChip(chip.id, { muted: !chip.muted });
    else if (event.key === 'Delete' || event.key === 'Backspace') remove();
    else return;
    event.preventDefault();
    event.stopPropagation(); // the popover around it would open by Space and Enter
  };
  return (
    <span ref={own} className={chip.muted ? 'wm-chip is-muted' : 'wm-chip'}>
      <Popup
        isOpen={editing}
        onInteraction={setEditing}
        placement="bottom-start"
        content={
          <FilterBuilder
            filter={chip.filter}
            onCancel={() => setEditing(false)}
            onDone={(filter) => {
              setEditing(false);
              changeChip(chip.id, { filter });
            }}
          />
        }
      >
        <button type="button" className="wm-chip-text" title={FILTERS.chipKeys(text)} onKeyDown={onKeyDown}>
          {text}
        </button>
      </Popup>
      <button type="button" className="wm-chip-remove" aria-label={FILTERS.remove(text)} onClick={remove}>
        <Cross size={12} />
      </button>
    </span>
  );
}

/** Whom and what the reports count: segment and filters. */
export function FilterBar(): React.JSX.Element {
  const { chips, segment } = useScope();
  const [adding, setAdding] = useState(false);
  const shown = chips.slice(0, 6);
  return (
    <section className="wm-filterbar" aria-label={FRAME.filterBar}>
      <SegmentPicker />
      <div className="wm-chips">
        {shown.map((chip) => (
          <Chip key={chip.id} chip={chip} />
        ))}
        {chips.length > shown.length && (
          <Popup
            placement="bottom"
            content={
              <div className="wm-definition">
                {chips.slice(shown.length).map((chip) => (
                  <Chip key={chip.id} chip={chip} />
                ))}
              </div>
            }
          >
            <Button size="small" variant="minimal" text={`+${chips.length - shown.length}`} />
          </Popup>
        )}
      </div>
      <Popup
        isOpen={adding}
        onInteraction={setAdding}
        placement="bottom-start"
        content={
          <FilterBuilder
            onCancel={() => setAdding(false)}
            onDone={(filter) => {
              setAdding(false);
              addFilter(filter);
            }}
          />
        }
      >
        <Button
          size="small"
          variant="minimal"
          icon={<FilterIcon size={14} />}
          text={FRAME.filter}
          title={`${FRAME.filter} (F)`}
          data-shortcut="f"
        />
      </Popup>
      {(chips.length > 0 || segment !== null) && (
        <Button
          size="small"
          variant="minimal"
          text={FRAME.clear}
          onClick={() => {
            changeScope({ chips: [], segment: null });
            focusWhenDrawn(() => document.querySelector('[data-shortcut="f"]'));
            showToast(FILTERS.filtersCleared, { undo: () => changeScope({ chips, segment }) });
          }}
        />
      )}
    </section>
  );
}
