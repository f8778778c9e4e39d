import type { ReactNode } from 'react';

/** A column's header; numbers stand at the end. */
export interface HeadCell {
  readonly label: string;
  readonly end?: boolean;
  /** Said, but not shown. */
  readonly hidden?: boolean;
  /** Left out where the window is narrow. */
  readonly wideOnly?: boolean;
}

/** The header row of a table. */
export function TableHead({ columns }: { columns: readonly (HeadCell | string)[] }): React.JSX.Element {
  const cell = (column: HeadCell | string): ReactNode => {
    const { label, end, hidden, wideOnly } = typeof column === 'string' ? { label: column } : column;
    const name = [end && 'is-end', wideOnly && 'is-wide-only'].filter(Boolean).join(' ');
    return (
      <th key={label} scope="col" {...(name === '' ? {} : { className: name })}>
        {hidden ? <span className="wm-hidden">{label}</span> : label}
      </th>
    );
  };
  return (
    <thead>
      <tr>{columns.map(cell)}</tr>
    </thead>
  );
}
