import { useId, useState, type KeyboardEvent } from 'react';
import { formatCompact } from '../format/number';
import { FRAME } from '../text/frame';

export interface Option {
  readonly value: string;
  readonly label: string;
  /** Events that have it, when known. */
  readonly count?: number | null | undefined;
  readonly detail?: string | undefined;
}

export interface ComboboxProps {
  readonly label: string;
  readonly options: readonly Option[];
  readonly search: string;
  readonly onSearch: (text: string) => void;
  readonly onPick: (option: Option) => void;
  readonly selected?: ReadonlySet<string>;
  readonly placeholder?: string;
  readonly autoFocus?: boolean;
  /** What was typed may be picked as it is. */
  readonly free?: boolean;
  readonly hideLabel?: boolean;
  /** Tab with something typed: takes the highlighted option and moves on. */
  readonly onTab?: (option: Option) => void;
  readonly onBackspace?: () => void;
  /** Enter with nothing typed and something selected. */
  readonly onDone?: () => void;
  readonly maxHeight?: number;
}

/** A field to type in over a list of what fits: arrows move, Enter or Tab picks, Space adds where several may be picked. */
export function Combobox(props: ComboboxProps): React.JSX.Element {
  const { label, options, search, onSearch, onPick, selected, free = false, hideLabel = false } = props;
  const id = useId();
  const [active, setActive] = useState(0);
  const needle = search.trim().toLocaleLowerCase();
  const fitting = options.filter(
    (option) =>
      needle === '' ||
      option.label.toLocaleLowerCase().includes(needle) ||
      option.value.toLocaleLowerCase().includes(needle),
  );
  const isNew = free && search.trim() !== '' && !options.some((option) => option.value === search.trim());
  const shown: readonly Option[] = isNew
    ? [...fitting, { value: search.trim(), label: search.trim(), detail: FRAME.asTyped }]
    : fitting;
  const index = Math.min(active, shown.length - 1);
  const pick = (option: Option | undefined): void => {
    if (!option) return;
    onPick(option);
    setActive(0);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.altKey) return;
    const option = shown[index];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      setActive((index + step + shown.length) % Math.max(1, shown.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      event.stopPropagation();
      if (search === '' && selected && selected.size > 0 && props.onDone) props.onDone();
      else pick(option);
    } else if (event.key === ' ' && selected && search === '' && option) {
      event.preventDefault();
      pick(option);
    } else if (event.key === 'Tab' && !event.shiftKey && search !== '' && option && props.onTab) {
      props.onTab(option);
    } else if (event.key === 'Backspace' && search === '') props.onBackspace?.();
  };
  return (
    <div className="wm-combobox">
      <label className={hideLabel ? 'wm-hidden' : 'wm-caption'} htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="bp6-input"
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={index >= 0 ? `${id}-${index}` : undefined}
        value={search}
        placeholder={props.placeholder}
        autoFocus={props.autoFocus}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => {
          onSearch(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul
        id={`${id}-list`}
        role="listbox"
        aria-label={label}
        aria-multiselectable={selected !== undefined}
        style={{ maxHeight: props.maxHeight ?? 240 }}
      >
        {shown.slice(0, 200).map((option, at) => (
          <li
            key={option.value}
            id={`${id}-${at}`}
            role="option"
            aria-selected={selected ? selected.has(option.value) : at === index}
            className={at === index ? 'is-active' : undefined}
            ref={at === index ? scrollNear : undefined}
            onPointerDown={(event) => {
              event.preventDefault();
              pick(option);
            }}
          >
            {selected && (
              <input
                type="checkbox"
                tabIndex={-1}
                aria-hidden
                readOnly
                checked={selected.has(option.value)}
              />
            )}
            <span className="wm-cut">{option.label}</span>
            {option.detail !== undefined && <span className="wm-caption">{option.detail}</span>}
            {option.count != null && (
              <span className="wm-caption wm-number">{formatCompact(option.count)}</span>
            )}
          </li>
        ))}
        {shown.length === 0 && search !== '' && (
          <li className="wm-muted is-nothing">{FRAME.nothingFor(search)}</li>
        )}
      </ul>
    </div>
  );
}

function scrollNear(element: HTMLLIElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}
