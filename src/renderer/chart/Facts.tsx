/** Names and values, one below the other; a value that warns says so by its name's colour. */
export function Facts({
  facts,
  className = '',
  label,
}: {
  facts: readonly (readonly [name: string, value: string, warns?: boolean])[];
  className?: string;
  /** Its name for assistive technology, where no heading gives one. */
  label?: string;
}): React.JSX.Element {
  return (
    <dl className={`wm-facts ${className}`} aria-label={label}>
      {facts.map(([name, value, warns]) => (
        <div key={name}>
          <dt className={warns ? 'wm-warn' : undefined}>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
