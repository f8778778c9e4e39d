import { Button, Menu, MenuDivider, MenuItem } from '@blueprintjs/core';
import { Cross, DragHandleVertical, More } from '@blueprintjs/icons';
import { useRef, useState, type KeyboardEvent } from 'react';
import { Popup } from '../../frame/Popup';
import { describeEvent, describeFilter } from '../../filters/describeFilter';
import { EventPicker } from '../../filters/EventPicker';
import { anchorAt } from '../../frame/Anchor';
import { FilterBuilder } from '../../filters/FilterBuilder';
import { focusWhenDrawn } from '../../state/focusReturn';
import { editStep, newStep, type StepDraft } from './funnelDraft';
import { FUNNELS } from '../../text/funnels';
import { WORDS } from '../../text/words';

type Panel = 'none' | 'replace' | 'or' | 'where' | 'name';

export interface StepRowProps {
  readonly step: StepDraft;
  readonly number: number;
  readonly onChange: (step: StepDraft) => void;
  readonly onRemove: () => void;
  readonly onMove: (by: 1 | -1) => void;
  readonly onDouble: (copy: StepDraft) => void;
  readonly onDragStart: () => void;
  readonly onDragOver: () => void;
}

/** One step of the builder: its events, its conditions, its place. */
export function StepRow(props: StepRowProps): React.JSX.Element {
  const { step, number, onChange, onRemove, onMove, onDouble } = props;
  const [panel, setPanel] = useState<Panel>('none');
  const [name, setName] = useState(step.label ?? '');
  const title =
    step.label || (step.whole ? describeEvent(step.whole) : step.events.map(describeEvent).join(' or '));
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement) return;
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown'))
      onMove(event.key === 'ArrowUp' ? -1 : 1);
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'd') {
      onDouble({ ...step, id: newStep('').id });
    } else if (event.key === 'Delete') onRemove();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const nameButton = useRef<HTMLButtonElement>(null);
  const opener = useRef<Element | null>(null);
  const open = (next: Panel): void => {
    opener.current = document.activeElement;
    setPanel(next);
  };
  const close = (): void => {
    setPanel('none');
    focusWhenDrawn(
      () => opener.current,
      () => nameButton.current,
    );
  };
  return (
    <li
      className="wm-step"
      onKeyDown={onKeyDown}
      onDragOver={(event) => {
        event.preventDefault();
        props.onDragOver();
      }}
    >
      <div className="wm-step-line">
        <span className="wm-step-handle" draggable onDragStart={props.onDragStart} title={FUNNELS.dragToMove}>
          <DragHandleVertical size={14} />
        </span>
        <span className="wm-step-number">{number}</span>
        <button
          ref={nameButton}
          type="button"
          className="wm-step-name wm-cut"
          title={FUNNELS.stepKeys(title)}
          aria-label={FUNNELS.stepTitle(number, title)}
          onClick={() => (panel === 'replace' ? close() : open('replace'))}
        >
          {title}
        </button>
        <Button
          size="small"
          variant="minimal"
          text={FUNNELS.orButton}
          title={FUNNELS.orHint}
          onClick={() => open('or')}
        />
        <Button
          size="small"
          variant="minimal"
          text={FUNNELS.whereButton}
          title={FUNNELS.addACondition}
          onClick={() => open('where')}
        />
        <Popup
          placement="bottom-end"
          content={
            <Menu>
              <MenuItem text={FUNNELS.moveUp} disabled={number === 1} onClick={() => onMove(-1)} />
              <MenuItem text={FUNNELS.moveDown} onClick={() => onMove(1)} />
              <MenuItem text={FUNNELS.double} onClick={() => onDouble({ ...step, id: newStep('').id })} />
              <MenuItem text={WORDS.rename} onClick={() => open('name')} />
              <MenuDivider />
              <MenuItem text={WORDS.remove} onClick={onRemove} />
            </Menu>
          }
        >
          <Button
            size="small"
            variant="minimal"
            icon={<More size={14} />}
            aria-label={FUNNELS.moreForStep(number)}
          />
        </Popup>
      </div>
      {(step.events.length > 1 || step.where.length > 0) && (
        <div className="wm-step-chips">
          {step.events.length > 1 &&
            step.events.map((event) => (
              <span key={event} className="wm-chip">
                <span className="wm-chip-text">{event}</span>
                <button
                  type="button"
                  className="wm-chip-remove"
                  aria-label={FUNNELS.remove(event)}
                  onClick={() =>
                    onChange(editStep(step, { events: step.events.filter((other) => other !== event) }))
                  }
                >
                  <Cross size={12} />
                </button>
              </span>
            ))}
          {step.where.map((filter, index) => (
            <span key={index} className="wm-chip">
              <span className="wm-chip-text">{describeFilter(filter)}</span>
              <button
                type="button"
                className="wm-chip-remove"
                aria-label={FUNNELS.remove(describeFilter(filter))}
                onClick={() =>
                  onChange(editStep(step, { where: step.where.filter((_, other) => other !== index) }))
                }
              >
                <Cross size={12} />
              </button>
            </span>
          ))}
        </div>
      )}
      {(panel === 'replace' || panel === 'or') && (
        <div className="wm-step-panel" onKeyDown={(event) => event.key === 'Escape' && close()}>
          <EventPicker
            label={panel === 'or' ? FUNNELS.orThisEvent : WORDS.event}
            any
            maxHeight={168}
            onPick={(event) => {
              close();
              if (panel === 'replace') onChange(editStep(step, { events: [event] }));
              else if (!step.events.includes(event))
                onChange(editStep(step, { events: [...step.events, event] }));
            }}
          />
        </div>
      )}
      {panel === 'name' && (
        <form
          className="wm-step-panel"
          onKeyDown={(event) => event.key === 'Escape' && close()}
          onSubmit={(event) => {
            event.preventDefault();
            close();
            onChange(editStep(step, { label: name.trim() }));
          }}
        >
          <input
            className="bp6-input"
            autoFocus
            aria-label={FUNNELS.nameOfTheStep}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </form>
      )}
      <Popup
        renderTarget={anchorAt({ display: 'block', height: 0 })}
        isOpen={panel === 'where'}
        onInteraction={(isOpen) => (isOpen ? open('where') : close())}
        returnTo={() => opener.current}
        placement="right-start"
        content={
          <FilterBuilder
            onCancel={close}
            onDone={(filter) => {
              close();
              onChange(editStep(step, { where: [...step.where, filter] }));
            }}
          />
        }
      />
    </li>
  );
}
