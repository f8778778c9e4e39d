import { Button, Menu, MenuDivider, MenuItem } from '@blueprintjs/core';
import { Cross, Edit, People, Trash } from '@blueprintjs/icons';
import { useState } from 'react';
import { Popup } from '../frame/Popup';
import type { Segment } from '../../shared/ipc/library';
import { putItem, removeItem, saveSegment, useLibrary } from '../state/library';
import { changeScope, useScope } from '../state/place';
import { showToast } from '../state/toast';
import { FRAME } from '../text/frame';
import { describeFilter } from './describeFilter';
import { WORDS } from '../text/words';
import { FILTERS } from '../text/filters';

/** Asks for a segment's name. */
function NameForm({
  initial,
  onDone,
}: {
  initial: string;
  onDone: (name: string) => void;
}): React.JSX.Element {
  const [name, setName] = useState(initial);
  return (
    <form
      className="wm-definition"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') onDone(name.trim());
      }}
    >
      <label className="wm-field">
        <span>{FILTERS.nameOfTheSegment}</span>
        <input
          className="bp6-input"
          autoFocus
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <Button type="submit" intent="primary" size="small" text={WORDS.save} disabled={name.trim() === ''} />
    </form>
  );
}

/** Deletes a segment; reports that counted it count everybody until it is brought back. */
async function removeSegment(segment: Segment, isCurrent: boolean): Promise<void> {
  if (!(await removeItem('segments', segment.id))) return;
  if (isCurrent) changeScope({ segment: null });
  showToast(FILTERS.deleted(segment.name), {
    undo: () =>
      void putItem({ shelf: 'segments', item: segment }).then(() => {
        if (isCurrent) changeScope({ segment: segment.id });
      }),
  });
}

function SegmentList({
  onRename,
  close,
}: {
  onRename: (segment: Segment) => void;
  close: () => void;
}): React.JSX.Element {
  const scope = useScope();
  const segments = useLibrary((state) => state.library.segments);
  return (
    <div className="wm-definition" role="dialog" aria-label={WORDS.segments}>
      <h3>{WORDS.segments}</h3>
      <ul className="wm-segments">
        {segments.map((segment) => {
          const filters = segment.filters.map((filter) => describeFilter(filter)).join(' · ');
          return (
            <li key={segment.id}>
              <span className="wm-cut" title={filters}>
                {segment.name}
                <br />
                <span className="wm-caption wm-cut">{filters}</span>
              </span>
              <Button
                size="small"
                variant="minimal"
                icon={<Edit size={14} />}
                aria-label={FILTERS.renameSegment(segment.name)}
                title={WORDS.rename}
                onClick={() => onRename(segment)}
              />
              <Button
                size="small"
                variant="minimal"
                icon={<Trash size={14} />}
                aria-label={FILTERS.deleteSegment(segment.name)}
                title={WORDS.delete}
                onClick={() => void removeSegment(segment, segment.id === scope.segment)}
              />
            </li>
          );
        })}
      </ul>
      {segments.length === 0 && <p className="wm-muted">{FILTERS.noSegments}</p>}
      <Button size="small" icon={<Cross size={12} />} text={FRAME.close} onClick={close} />
    </div>
  );
}

type Panel = 'menu' | 'new' | 'manage' | { readonly rename: Segment };

/** Whom the reports count: a saved set of filters, kept, renamed and deleted here. */
export function SegmentPicker(): React.JSX.Element {
  const scope = useScope();
  const segments = useLibrary((state) => state.library.segments);
  const current = segments.find((segment) => segment.id === scope.segment);
  const [open, setOpen] = useState(false);
  const [panel, setPanel] = useState<Panel>('menu');
  const filters = [
    ...(current?.filters ?? []),
    ...scope.chips.filter((chip) => !chip.muted).map((chip) => chip.filter),
  ];
  const close = (): void => setOpen(false);
  const show = (): React.JSX.Element => {
    if (panel === 'manage')
      return <SegmentList close={close} onRename={(segment) => setPanel({ rename: segment })} />;
    if (panel === 'new') {
      return (
        <NameForm
          initial=""
          onDone={(name) => {
            close();
            void saveSegment(name, filters).then((id) => changeScope({ segment: id, chips: [] }));
          }}
        />
      );
    }
    if (panel !== 'menu') {
      const { rename } = panel;
      return (
        <NameForm
          key={rename.id}
          initial={rename.name}
          onDone={(name) => {
            setPanel('manage');
            void putItem({ shelf: 'segments', item: { ...rename, name } }).then(() =>
              showToast(FILTERS.renamed(rename.name, name), {
                undo: () => void putItem({ shelf: 'segments', item: rename }),
              }),
            );
          }}
        />
      );
    }
    return (
      <Menu>
        <MenuItem
          text={FRAME.allUsers}
          active={current === undefined}
          onClick={() => {
            close();
            changeScope({ segment: null });
          }}
        />
        {segments.map((segment) => (
          <MenuItem
            key={segment.id}
            text={segment.name}
            active={segment.id === scope.segment}
            onClick={() => {
              close();
              changeScope({ segment: segment.id });
            }}
          />
        ))}
        <MenuDivider />
        <MenuItem
          text={FILTERS.saveFiltersAsSegment}
          disabled={scope.chips.every((chip) => chip.muted)}
          shouldDismissPopover={false}
          onClick={() => setPanel('new')}
        />
        <MenuItem
          text={FILTERS.renameOrDelete}
          disabled={segments.length === 0}
          shouldDismissPopover={false}
          onClick={() => setPanel('manage')}
        />
      </Menu>
    );
  };
  return (
    <Popup
      placement="bottom-start"
      isOpen={open}
      onInteraction={(next) => {
        setOpen(next);
        if (next) setPanel('menu');
      }}
      content={show()}
    >
      <Button
        size="small"
        variant="minimal"
        icon={<People size={14} />}
        text={current?.name ?? FRAME.allUsers}
        title={FRAME.segment}
        aria-haspopup="menu"
      />
    </Popup>
  );
}
