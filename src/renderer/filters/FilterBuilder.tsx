import { Button, HTMLSelect } from '@blueprintjs/core';
import { useEffect, useState } from 'react';
import type { Filter, Operator, Scalar } from '../../shared/reports/filters';
import { Combobox, type Option } from '../frame/Combobox';
import { useWorkspace, workspaceKey } from '../state/workspace';
import { fieldLabel } from './fields';
import { loadProperties, useFields } from './useFields';
import { useValueSuggestions } from './useSuggestions';

const OPERATORS: readonly { readonly op: Operator; readonly label: string }[] = [
  { op: 'in', label: 'is' },
  { op: 'nin', label: 'is not' },
  { op: 'contains', label: 'contains' },
  { op: 'startsWith', label: 'starts with' },
  { op: 'gt', label: '>' },
  { op: 'gte', label: '≥' },
  { op: 'lt', label: '<' },
  { op: 'lte', label: '≤' },
  { op: 'exists', label: 'is known' },
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
      aria-label="Filter"
      onSubmit={(event) => {
        event.preventDefault();
        done();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <Combobox
        label="Field"
        free
        options={fields}
        search={fieldText}
        onSearch={setFieldText}
        autoFocus={step === 'field'}
        placeholder={draft.field === null ? 'Type a field' : fieldLabel(draft.field)}
        onPick={(option) => {
          chooseField(option);
          setStep('value');
        }}
        onTab={chooseField}
      />
      <div className="wm-field">
        <label htmlFor="wm-filter-op">Operator</label>
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
          label="Value"
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
            draft.field === null ? 'Choose a field first' : several ? 'Type or pick values' : 'Type a value'
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
        <Button size="small" intent="primary" type="submit" text="Apply" disabled={!ready} />
        <Button size="small" variant="minimal" text="Cancel" onClick={onCancel} />
      </div>
    </form>
  );
}
