import { Button, Checkbox, HTMLSelect } from '@blueprintjs/core';
import { Plus } from '@blueprintjs/icons';
import { useRef, useState } from 'react';
import { describeEvent } from '../../filters/describeFilter';
import { EventButton } from '../../filters/EventButton';
import { EventPicker } from '../../filters/EventPicker';
import { useFields } from '../../filters/useFields';
import { focusWhenDrawn } from '../../state/focusReturn';
import { useLibrary } from '../../state/library';
import { showToast } from '../../state/toast';
import { changeFunnel, moveEntry, newStep, stepEvent, useFunnelDraft, type FunnelDraft } from './funnelDraft';
import { StepRow } from './StepRow';
import { WORDS } from '../../text/words';
import { FUNNELS } from '../../text/funnels';

const UNITS = [
  { label: FUNNELS.minutes, seconds: 60 },
  { label: FUNNELS.hours, seconds: 3_600 },
  { label: FUNNELS.days, seconds: 86_400 },
] as const;

function WindowField({ seconds }: { seconds: number }): React.JSX.Element {
  const fitting = [...UNITS].reverse().find((unit) => seconds % unit.seconds === 0) ?? UNITS[0];
  const [unit, setUnit] = useState<number>(fitting.seconds);
  return (
    <div className="wm-field">
      <label htmlFor="wm-window">{FUNNELS.window}</label>
      <div className="wm-inline">
        <input
          id="wm-window"
          className="bp6-input"
          type="number"
          min={1}
          value={seconds / unit}
          onChange={(event) => {
            const count = Number(event.target.value);
            if (count > 0) changeFunnel({ windowSeconds: count * unit });
          }}
        />
        <HTMLSelect
          aria-label={FUNNELS.unitOfTheWindow}
          value={unit}
          onChange={(event) => {
            const next = Number(event.target.value);
            changeFunnel({ windowSeconds: (seconds / unit) * next });
            setUnit(next);
          }}
          options={UNITS.map(({ label, seconds: value }) => ({ label, value }))}
        />
      </div>
    </div>
  );
}

function Exclusions({ draft }: { draft: FunnelDraft }): React.JSX.Element {
  const numbers = draft.steps.map((_, index) => index + 1);
  const change = (index: number, part: Partial<FunnelDraft['exclusions'][number]>): void =>
    changeFunnel({
      exclusions: draft.exclusions.map((entry, at) => (at === index ? { ...entry, ...part } : entry)),
    });
  return (
    <div className="wm-field">
      <span>{FUNNELS.exclusions}</span>
      {draft.exclusions.map((exclusion, index) => (
        <div key={index} className="wm-inline">
          <EventButton
            label={FUNNELS.excludedEvent}
            value={exclusion.event}
            onPick={(event) => change(index, { event })}
            onClear={() => changeFunnel({ exclusions: draft.exclusions.filter((_, at) => at !== index) })}
          />
          <HTMLSelect
            aria-label={FUNNELS.afterStep}
            value={exclusion.afterStep}
            onChange={(event) => change(index, { afterStep: Number(event.target.value) })}
            options={numbers.slice(0, -1).map((value) => ({ value, label: FUNNELS.after(value) }))}
          />
          <HTMLSelect
            aria-label={FUNNELS.beforeStep}
            value={exclusion.beforeStep}
            onChange={(event) => change(index, { beforeStep: Number(event.target.value) })}
            options={numbers.slice(1).map((value) => ({ value, label: FUNNELS.before(value) }))}
          />
        </div>
      ))}
      <div className="wm-inline">
        <EventButton
          label={FUNNELS.addAnExclusion}
          value={null}
          onPick={(event) =>
            changeFunnel({
              exclusions: [
                ...draft.exclusions,
                { event, afterStep: 1, beforeStep: Math.max(2, draft.steps.length) },
              ],
            })
          }
        />
        {draft.exclusions.length > 0 && (
          <HTMLSelect
            aria-label={FUNNELS.exclusionRule}
            value={draft.exclusionRule}
            onChange={(event) =>
              changeFunnel({ exclusionRule: event.target.value as FunnelDraft['exclusionRule'] })
            }
            options={[
              { value: 'stop', label: FUNNELS.endsTheAttempt },
              { value: 'void', label: FUNNELS.discardsTheAttempt },
            ]}
          />
        )}
      </div>
    </div>
  );
}

function Select<K extends keyof FunnelDraft>({
  label,
  name,
  options,
}: {
  label: string;
  name: K;
  options: readonly { value: string; label: string }[];
}): React.JSX.Element {
  const value = useFunnelDraft((state) => state.draft[name]);
  return (
    <label className="wm-field">
      <span>{label}</span>
      <HTMLSelect
        fill
        value={String(value)}
        onChange={(event) => changeFunnel({ [name]: event.target.value } as Partial<FunnelDraft>)}
        options={[...options]}
      />
    </label>
  );
}

/** Builds a funnel: steps first, then what counts as conversion; the rest under "More". */
export function FunnelBuilder(): React.JSX.Element {
  const draft = useFunnelDraft((state) => state.draft);
  const segments = useLibrary((state) => state.library.segments);
  const fields = useFields();
  const dragged = useRef<number | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const addStep = useRef<HTMLButtonElement>(null);
  const fold = useRef<HTMLButtonElement>(null);
  // Who comes back to a funnel reads it; the picker waits for its button.
  const [adding, setAdding] = useState(draft.steps.length < 2);
  const [more, setMore] = useState(false);
  const [unfolded, setUnfolded] = useState(draft.steps.length < 2);
  const { steps } = draft;
  const picking = adding || steps.length < 2;
  const setSteps = (next: FunnelDraft['steps']): void => changeFunnel({ steps: next });
  return (
    <section
      className={unfolded ? 'wm-card wm-builder' : 'wm-card wm-builder is-folded'}
      aria-label={WORDS.steps}
    >
      <header className="wm-card-header">
        <h2>{WORDS.steps}</h2>
        <span className="wm-builder-summary wm-cut wm-muted">
          {steps.map((step, index) => `${index + 1} ${describeEvent(stepEvent(step))}`).join('  ›  ')}
        </span>
        <Button
          ref={fold}
          className="wm-builder-fold"
          size="small"
          text={unfolded ? FUNNELS.fold : FUNNELS.edit}
          aria-expanded={unfolded}
          onClick={() => setUnfolded(!unfolded)}
        />
      </header>
      <ol className="wm-steps" ref={list}>
        {steps.map((step, index) => (
          <StepRow
            key={step.id}
            step={step}
            number={index + 1}
            onChange={(next) => setSteps(steps.map((other) => (other.id === step.id ? next : other)))}
            onRemove={() => {
              setSteps(steps.filter((other) => other.id !== step.id));
              showToast(FUNNELS.stepRemoved(index + 1), { undo: () => setSteps(steps) });
              const names = (): HTMLElement[] => [
                ...(list.current?.querySelectorAll<HTMLElement>('.wm-step-name') ?? []),
              ];
              // The step that moves up, else the last one.
              focusWhenDrawn(
                () => names()[index] ?? names()[index - 1],
                () => addStep.current,
              );
            }}
            onMove={(by) => setSteps(moveEntry(steps, index, index + by))}
            onDouble={(copy) => setSteps([...steps.slice(0, index + 1), copy, ...steps.slice(index + 1)])}
            onDragStart={() => {
              dragged.current = index;
            }}
            onDragOver={() => {
              if (dragged.current === null || dragged.current === index) return;
              setSteps(moveEntry(steps, dragged.current, index));
              dragged.current = index;
            }}
          />
        ))}
      </ol>
      <div className="wm-builder-part">
        {picking && steps.length < 20 ? (
          <div
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              setAdding(false);
              setUnfolded(false);
              focusWhenDrawn(
                () => addStep.current,
                () => fold.current,
              );
            }}
          >
            <EventPicker
              label={steps.length === 0 ? FUNNELS.firstEventField : FUNNELS.eventOfStep(steps.length + 1)}
              any
              maxHeight={200}
              // Of the steps as they are by then: several may be picked at once.
              onPick={(event) => setSteps([...useFunnelDraft.getState().draft.steps, newStep(event)])}
            />
          </div>
        ) : (
          <Button
            ref={addStep}
            size="small"
            variant="minimal"
            icon={<Plus size={14} />}
            text={FUNNELS.addStep}
            disabled={steps.length >= 20}
            onClick={() => setAdding(true)}
          />
        )}
      </div>
      <div className="wm-builder-part">
        <WindowField seconds={draft.windowSeconds} />
        <Select
          label={FUNNELS.order}
          name="order"
          options={[
            { value: 'ordered', label: FUNNELS.inOrderOthersBetween },
            { value: 'strict', label: FUNNELS.directlyOneAfterAnother },
            { value: 'any', label: FUNNELS.inAnyOrder },
          ]}
        />
        <Select
          label={WORDS.count}
          name="countBy"
          options={[
            { value: 'users', label: WORDS.users },
            { value: 'sessions', label: WORDS.sessions },
          ]}
        />
        <Select
          label={FUNNELS.breakDownBy}
          name="breakdown"
          options={[
            { value: '', label: WORDS.none },
            ...fields.filter(({ value }) => !['userId', 'sessionId', 'durationSec'].includes(value)),
          ]}
        />
        <Select
          label={FUNNELS.compareWith}
          name="compare"
          options={[
            { value: 'none', label: WORDS.none },
            { value: 'previous', label: FUNNELS.previousPeriod },
            { value: 'previousSameWeekday', label: FUNNELS.sameWeekdaysBefore },
            { value: 'everybody', label: FUNNELS.allUsers },
            ...segments.map((segment) => ({ value: segment.id, label: segment.name })),
          ]}
        />
        <Button
          size="small"
          variant="minimal"
          text={more ? FUNNELS.less : WORDS.more}
          aria-expanded={more}
          onClick={() => setMore(!more)}
        />
        {more && (
          <>
            <Exclusions draft={draft} />
            <Select
              label={FUNNELS.entry}
              name="entry"
              options={[
                { value: 'best', label: FUNNELS.theAttemptThatGetsFurthest },
                { value: 'first', label: FUNNELS.onlyTheFirstAttempt },
              ]}
            />
            <Checkbox
              checked={draft.windowPerStep}
              disabled={draft.order === 'any'}
              onChange={(event) => changeFunnel({ windowPerStep: event.currentTarget.checked })}
            >
              {FUNNELS.windowAppliesFromStepToStep}
            </Checkbox>
            <Checkbox
              checked={draft.stepsWithinRange}
              onChange={(event) => changeFunnel({ stepsWithinRange: event.currentTarget.checked })}
            >
              {FUNNELS.allStepsWithinTheRange}
            </Checkbox>
          </>
        )}
      </div>
    </section>
  );
}
