import { useId, useState, type KeyboardEvent } from 'react';
import { formatCompact } from '../format/number';
import { FRAME } from '../text/frame';
import { fitting } from './fitting';

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
  /** What was typed may be picked as it is; where that is `chosen`, only by going to it. */
  readonly free?: boolean | 'chosen';
  /** The options are on their way: Enter gives what was typed, unless one of those there was gone to. */
  readonly onEarly?: ((text: string) => void) | undefined;
  /** Stands where nothing fits. */
  readonly nothing?: (text: string) => string;
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
  /** The option gone to; before that the best one leads. */
  const [active, setActive] = useState<number | null>(null);
  const typed = search.trim();
  const fits = fitting(options, search);
  const isNew = free !== false && typed !== '' && !options.some((option) => option.value === typed);
  const shown: readonly Option[] = isNew
    ? [...fits, { value: typed, label: typed, detail: FRAME.asTyped }]
    : fits;
  const hasBest = props.onEarly === undefined && (free !== 'chosen' || fits.length > 0);
  const index = Math.min(active ?? (hasBest ? 0 : -1), shown.length - 1);
  const nothing = props.nothing ?? (shown.length === 0 ? FRAME.nothingFor : undefined);
  const note = props.onEarly
    ? FRAME.listComing
    : typed !== '' && fits.length === 0
      ? nothing?.(typed)
      : undefined;
  const pick = (option: Option | undefined): void => {
    if (!option) return;
    onPick(option);
    setActive(null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.altKey) return;
    const option = shown[index];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const next = event.key === 'ArrowDown' ? index + 1 : (index < 0 ? shown.length : index) - 1;
      setActive((next + shown.length) % Math.max(1, shown.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      event.stopPropagation();
      if (search === '' && selected && selected.size > 0 && props.onDone) props.onDone();
      else if (props.onEarly && active === null) {
        if (typed !== '') props.onEarly(typed);
      } else pick(option);
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
          setActive(null);
        }}
        onKeyDown={onKeyDown}
      />
      {note !== undefined && <p className="wm-combobox-note wm-muted">{note}</p>}
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
      </ul>
    </div>
  );
}

function scrollNear(element: HTMLLIElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}
