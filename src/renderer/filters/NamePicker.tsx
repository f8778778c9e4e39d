import { Button } from '@blueprintjs/core';
import { Cross } from '@blueprintjs/icons';
import { useEffect, useRef, useState } from 'react';
import { Combobox, type Option } from '../frame/Combobox';
import { fitting } from '../frame/fitting';
import { FILTERS } from '../text/filters';
import type { Offered } from './useSuggestions';

export interface NamePickerProps {
  readonly label: string;
  readonly onPick: (name: string) => void;
  /** What fits a text, asked for while it is typed; the same hook in every rendering. */
  readonly useNames: (text: string) => Offered;
  /** "No event is called …": what is typed is then taken only by going to it. */
  readonly nobody: (text: string) => string;
  /** Offered before the names. */
  readonly before?: readonly Option[];
  readonly autoFocus?: boolean;
  readonly maxHeight?: number;
}

/**
 * Picks names of a list that may still be on its way: Enter takes the best that fits. Who is faster than the
 * list types on; what was entered is taken in its order as soon as the list is there.
 */
export function NamePicker(props: NamePickerProps): React.JSX.Element {
  const { label, onPick, useNames, nobody, before = [], autoFocus = true, maxHeight = 240 } = props;
  const [search, setSearch] = useState('');
  /** Entered before the list was there, the oldest first. */
  const [early, setEarly] = useState<readonly string[]>([]);
  const taken = useRef<readonly string[]>();
  const [oldest] = early;
  const { suggestions, isSettled } = useNames(oldest ?? search);
  const options: readonly Option[] = [
    ...before,
    ...suggestions.map(({ value, count }) => ({ value: String(value), label: String(value), count })),
  ];
  const found = oldest === undefined || !isSettled ? undefined : fitting(options, oldest)[0]?.value;
  const isUnknown = oldest !== undefined && isSettled && found === undefined;
  const isAlone = early.length === 1 && search === '';
  useEffect(() => {
    if (found === undefined && !(isUnknown && isAlone)) return undefined;
    const timer = setTimeout(() => {
      // Picking may draw anew before this list is shorter: each is taken once.
      if (taken.current === early) return;
      taken.current = early;
      setEarly(early.slice(1));
      if (found !== undefined) onPick(found);
      // Alone, it goes back to where it was typed.
      else setSearch(oldest ?? '');
    });
    return () => clearTimeout(timer);
  }, [early, found, isAlone, isUnknown, oldest, onPick]);
  return (
    <>
      <Combobox
        label={label}
        hideLabel
        free="chosen"
        autoFocus={autoFocus}
        maxHeight={maxHeight}
        options={options}
        search={search}
        onSearch={setSearch}
        placeholder={label}
        nothing={nobody}
        onEarly={
          isSettled
            ? undefined
            : (text) => {
                setEarly([...early, text]);
                setSearch('');
              }
        }
        onPick={(option) => {
          setSearch('');
          onPick(option.value);
        }}
      />
      {early.length > 0 && (
        <div className="wm-early" role="status">
          {early.map((text, index) => (
            <div key={index}>
              <span className="wm-caption">
                {isUnknown && index === 0 ? nobody(text) : FILTERS.waitsForTheList(text)}
              </span>
              {isUnknown && index === 0 && (
                <Button
                  size="small"
                  text={FILTERS.useAsTyped}
                  onClick={() => {
                    setEarly(early.slice(1));
                    onPick(text);
                  }}
                />
              )}
              <button
                type="button"
                className="wm-chip-remove"
                aria-label={FILTERS.remove(text)}
                onClick={() => setEarly(early.filter((_, other) => other !== index))}
              >
                <Cross size={12} />
              </button>
            </div>
          ))}
        </div>
      )}
    </>
  );
}
