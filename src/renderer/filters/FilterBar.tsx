import { Button, Menu, MenuDivider, MenuItem, Popover } from '@blueprintjs/core';
import { Cross, Filter as FilterIcon, People } from '@blueprintjs/icons';
import { useState, type KeyboardEvent } from 'react';
import type { FilterChip } from '../state/scope';
import { invertFilter } from '../state/scope';
import { addFilter, changeChip, changeScope, removeChip, stepBack, useScope } from '../state/place';
import { saveSegment, useLibrary } from '../state/library';
import { showToast } from '../state/toast';
import { FRAME } from '../text/words';
import { describeFilter } from './describeFilter';
import { FilterBuilder } from './FilterBuilder';

function Chip({ chip }: { chip: FilterChip }): React.JSX.Element {
  const [editing, setEditing] = useState(false);
  const text = describeFilter(chip.filter);
  const remove = (): void => {
    removeChip(chip.id);
    showToast(`Removed: ${text}.`, { undo: stepBack });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (editing) return;
    const chips = [...document.querySelectorAll<HTMLElement>('.wm-chip-text')];
    const at = chips.indexOf(event.currentTarget);
    if (event.key === 'ArrowRight' && !event.altKey) chips[at + 1]?.focus();
    else if (event.key === 'ArrowLeft' && !event.altKey) chips[at - 1]?.focus();
    else if (event.key === 'Enter' && event.altKey)
      changeChip(chip.id, { filter: invertFilter(chip.filter) });
    else if (event.key === ' ') changeChip(chip.id, { muted: !chip.muted });
    else if (event.key === 'Delete' || event.key === 'Backspace') remove();
    else return;
    event.preventDefault();
  };
  return (
    <span className={chip.muted ? 'wm-chip is-muted' : 'wm-chip'}>
      <Popover
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
        <button
          type="button"
          className="wm-chip-text"
          title={`${text} (Enter: edit, Alt+Enter: invert, Space: mute, Del: remove)`}
          onKeyDown={onKeyDown}
        >
          {text}
        </button>
      </Popover>
      <button type="button" className="wm-chip-remove" aria-label={`Remove ${text}`} onClick={remove}>
        <Cross size={12} />
      </button>
    </span>
  );
}

function SegmentPicker(): React.JSX.Element {
  const scope = useScope();
  const { segments } = useLibrary((state) => state.library);
  const current = segments.find((segment) => segment.id === scope.segment);
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const filters = scope.chips.filter((chip) => !chip.muted).map((chip) => chip.filter);
  return (
    <Popover
      placement="bottom-start"
      onClose={() => setNaming(false)}
      content={
        naming ? (
          <form
            className="wm-definition"
            onSubmit={(event) => {
              event.preventDefault();
              if (name.trim() === '') return;
              setNaming(false);
              void saveSegment(name.trim(), filters).then((id) => changeScope({ segment: id, chips: [] }));
            }}
          >
            <label className="wm-field">
              <span>Name of the segment</span>
              <input
                className="bp6-input"
                autoFocus
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            </label>
            <Button type="submit" intent="primary" size="small" text="Save" disabled={name.trim() === ''} />
          </form>
        ) : (
          <Menu>
            <MenuItem
              text={FRAME.allUsers}
              active={current === undefined}
              onClick={() => changeScope({ segment: null })}
            />
            {segments.map((segment) => (
              <MenuItem
                key={segment.id}
                text={segment.name}
                active={segment.id === scope.segment}
                onClick={() => changeScope({ segment: segment.id })}
              />
            ))}
            <MenuDivider />
            <MenuItem
              text="Save filters as segment…"
              disabled={filters.length === 0}
              shouldDismissPopover={false}
              onClick={() => setNaming(true)}
            />
          </Menu>
        )
      }
    >
      <Button
        size="small"
        variant="minimal"
        icon={<People size={14} />}
        text={current?.name ?? FRAME.allUsers}
        title={FRAME.segment}
        aria-haspopup="menu"
      />
    </Popover>
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
          <Popover
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
          </Popover>
        )}
      </div>
      <Popover
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
      </Popover>
      {(chips.length > 0 || segment !== null) && (
        <Button
          size="small"
          variant="minimal"
          text={FRAME.clear}
          onClick={() => {
            changeScope({ chips: [], segment: null });
            showToast('Filters cleared.', { undo: stepBack });
          }}
        />
      )}
    </section>
  );
}
