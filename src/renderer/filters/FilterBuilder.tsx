import { Button, HTMLSelect } from '@blueprintjs/core';
import { useEffect, useState } from 'react';
import type { Filter, Operator, Scalar } from '../../shared/reports/filters';
import { Combobox, type Option } from '../frame/Combobox';
import { useWorkspace, workspaceKey } from '../state/workspace';
import { fieldLabel } from './fields';
import { loadProperties, useFields } from './useFields';
import { useValueSuggestions } from './useSuggestions';
import { FILTERS } from '../text/filters';
import { WORDS } from '../text/words';

const OPERATORS: readonly { readonly op: Operator; readonly label: string }[] = [
  { op: 'in', label: FILTERS.is },
  { op: 'nin', label: FILTERS.isNot },
  { op: 'contains', label: FILTERS.contains },
  { op: 'startsWith', label: FILTERS.startsWith },
  { op: 'gt', label: '>' },
  { op: 'gte', label: '≥' },
  { op: 'lt', label: '<' },
  { op: 'lte', label: '≤' },
  { op: 'exists', label: FILTERS.isKnown },
];

interface Draft {
  readonly field: string | null;
  readonly op: Operator;
  readonly values: readonly Scalar[];
}

function draftOf(filter: Filter | undefined): Draft {
  if (!filter || !('op' in filter)) return { field: null, op: 'in', values: [] };
  if ('values' in filter) return { field: filter.field, op: filter.op, values: filter.values };
  if (filter.op === 'eq') return { field: filter.field, op: 'in', values: [filter.value] };
  if (filter.op === 'ne') return { field: filter.field, op: 'nin', values: [filter.value] };
  if (filter.op === 'exists') return { field: filter.field, op: 'exists', values: [] };
  return { field: filter.field, op: filter.op, values: [filter.value] };
}

/** The filter a draft makes; undefined while it lacks something. */
function finish({ field, op, values }: Draft): Filter | undefined {
  if (field === null) return undefined;
  if (op === 'exists') return { field, op, value: true };
  const [first] = values;
  if (first === undefined) return undefined;
  if (op === 'in' || op === 'nin') {
    return values.length === 1
      ? { field, op: op === 'in' ? 'eq' : 'ne', value: first }
      : { field, op, values: [...values] };
  }
  if (op === 'contains' || op === 'startsWith') return { field, op, value: String(first) };
  const number = Number(first);
  return {
    field,
    op,
    value: String(first).trim() !== '' && !Number.isNaN(number) ? number : first,
  } as Filter;
}

/** Makes or changes one filter: field, operator, value; typing and Tab are enough. */
export function FilterBuilder({
  filter,
  onDone,
  onCancel,
}: {
  filter?: Filter | undefined;
  onDone: (filter: Filter) => void;
  onCancel: () => void;
}): React.JSX.Element {
  const [draft, setDraft] = useState<Draft>(() => draftOf(filter));
  const [fieldText, setFieldText] = useState('');
  const [valueText, setValueText] = useState('');
  const [step, setStep] = useState<'field' | 'value'>(filter ? 'value' : 'field');
  const data = useWorkspace(workspaceKey);
  useEffect(() => void loadProperties(data), [data]);
  const fields = useFields();
  const { suggestions } = useValueSuggestions(draft.field, valueText);
  const several = draft.op === 'in' || draft.op === 'nin';
  const ready = finish(several || valueText.trim() === '' ? draft : { ...draft, values: [valueText.trim()] });
  const known = new Map(suggestions.map((suggestion) => [String(suggestion.value), suggestion.value]));
  const selected = new Set(draft.values.map(String));
  const chooseField = (option: Option): void => {
    const isKnown = fields.some((field) => field.value === option.value);
    const field = isKnown || option.value.includes('.') ? option.value : `properties.${option.value}`;
    setDraft({ field, op: draft.op, values: [] });
    setFieldText('');
  };
  /** Takes a value, or where several are wanted adds it or takes it away again. */
  const chooseValue = (option: Option): void => {
    const value = known.get(option.value) ?? option.value;
    const without = draft.values.filter((other) => String(other) !== option.value);
    const values = !several
      ? [value]
      : without.length < draft.values.length
        ? without
        : [...draft.values, value];
    setDraft({ ...draft, values });
    setValueText('');
  };
  const done = (): void => {
    if (ready) onDone(ready);
  };
  return (
    <form
      className="wm-filter-builder"
      aria-label={WORDS.filter}
      onSubmit={(event) => {
        event.preventDefault();
        done();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <Combobox
        label={WORDS.field}
        free
        options={fields}
        search={fieldText}
        onSearch={setFieldText}
        autoFocus={step === 'field'}
        placeholder={draft.field === null ? FILTERS.typeAField : fieldLabel(draft.field)}
        onPick={(option) => {
          chooseField(option);
          setStep('value');
        }}
        onTab={chooseField}
      />
      <div className="wm-field">
        <label htmlFor="wm-filter-op">{FILTERS.operator}</label>
        <HTMLSelect
          id="wm-filter-op"
          fill
          value={draft.op}
          onChange={(event) => setDraft({ ...draft, op: event.target.value as Operator })}
        >
          {OPERATORS.map(({ op, label }) => (
            <option key={op} value={op}>
              {label}
            </option>
          ))}
        </HTMLSelect>
      </div>
      {draft.op === 'exists' ? (
        <span />
      ) : (
        <Combobox
          key={`${draft.field ?? ''}${step}`}
          label={WORDS.value}
          free
          autoFocus={step === 'value'}
          options={suggestions.map(({ value, count }) => ({
            value: String(value),
            label: String(value),
            count,
          }))}
          search={valueText}
          onSearch={setValueText}
          {...(several ? { selected } : {})}
          placeholder={
            draft.field === null
              ? FILTERS.chooseAFieldFirst
              : several
                ? FILTERS.typeOrPickValues
                : FILTERS.typeAValue
          }
          onDone={done}
          onBackspace={() => setStep('field')}
          onPick={(option) => {
            if (several) chooseValue(option);
            else {
              const made = finish({ ...draft, values: [known.get(option.value) ?? option.value] });
              if (made) onDone(made);
            }
          }}
          onTab={chooseValue}
        />
      )}
      <div className="wm-filter-builder-foot">
        {/* Apply comes first, so that Tab, Enter after a value is enough; it stands at the end all the same. */}
        <Button size="small" intent="primary" type="submit" text={WORDS.apply} disabled={!ready} />
        <Button size="small" variant="minimal" text={WORDS.cancel} onClick={onCancel} />
      </div>
    </form>
  );
}
