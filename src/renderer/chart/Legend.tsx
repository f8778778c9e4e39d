import { NONE } from '../theme/seriesColour';
import { CHARTS } from '../text/charts';

export interface LegendEntry {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
}

/** Names the lines of a chart; a click hides or shows one, Alt+click shows it alone. */
export function Legend({
  entries,
  hidden,
  onChange,
}: {
  entries: readonly LegendEntry[];
  hidden: ReadonlySet<string>;
  onChange: (hidden: ReadonlySet<string>) => void;
}): React.JSX.Element {
  const toggle = (key: string, alone: boolean): void => {
    if (alone) {
      const others = entries.map((entry) => entry.key).filter((other) => other !== key);
      const isAlone = !hidden.has(key) && others.every((other) => hidden.has(other));
      onChange(new Set(isAlone ? [] : others));
      return;
    }
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    onChange(next);
  };
  return (
    <div className="wm-legend" role="group" aria-label={CHARTS.legend}>
      {entries.map(({ key, label, colour }) => (
        <button
          key={key}
          type="button"
          aria-pressed={!hidden.has(key)}
          title={CHARTS.alone(label)}
          onClick={(event) => toggle(key, event.altKey)}
        >
          <i
            className={key === NONE ? 'wm-swatch is-hollow' : 'wm-swatch'}
            style={key === NONE ? undefined : { background: colour }}
          />
          <span className="wm-cut">{label}</span>
        </button>
      ))}
    </div>
  );
}
