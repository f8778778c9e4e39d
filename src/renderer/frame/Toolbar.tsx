import { HTMLSelect } from '@blueprintjs/core';
import type { ReactNode } from 'react';
import type { ReportEvent } from '../../shared/reports/filters';
import { EventButton } from '../filters/EventButton';

/** The row of choices above a chart that make its report. */
export function Toolbar({ label, children }: { label: string; children: ReactNode }): React.JSX.Element {
  return (
    <section className="wm-toolbar" aria-label={label}>
      {children}
    </section>
  );
}

/** A choice of a few values, its name before it. */
export function ToolbarSelect<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: Readonly<Record<T, string>>;
  onChange: (value: T) => void;
}): React.JSX.Element {
  const values = Object.keys(options) as T[];
  return (
    <label className="wm-inline">
      <span className="wm-caption">{label}</span>
      <HTMLSelect
        aria-label={label}
        value={value}
        onChange={(event) => {
          const chosen = values.find((entry) => entry === event.target.value);
          if (chosen !== undefined) onChange(chosen);
        }}
        options={values.map((entry) => ({ value: entry, label: options[entry] }))}
      />
    </label>
  );
}

/** A choice of a whole number. */
export function ToolbarNumber({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  value: number;
  choices: readonly number[];
  onChange: (value: number) => void;
}): React.JSX.Element {
  return (
    <label className="wm-inline">
      <span className="wm-caption">{label}</span>
      <HTMLSelect
        aria-label={label}
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
        options={[...new Set([...choices, value])].sort((a, b) => a - b)}
      />
    </label>
  );
}

/** A choice of an event, its name before it. */
export function ToolbarEvent({
  name,
  label,
  value,
  onPick,
  onClear,
  any = false,
}: {
  /** What is printed; `label` is said. */
  name: string;
  label: string;
  value: ReportEvent | null;
  onPick: (event: string) => void;
  onClear?: () => void;
  any?: boolean;
}): React.JSX.Element {
  return (
    <span className="wm-inline">
      <span className="wm-caption">{name}</span>
      <EventButton label={label} value={value} any={any} onPick={onPick} {...(onClear ? { onClear } : {})} />
    </span>
  );
}
