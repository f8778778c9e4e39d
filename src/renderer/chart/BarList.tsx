import { formatExact, formatPercent } from '../format/number';
import { NONE, OTHER } from '../theme/seriesColour';
import { CHARTS } from '../text/charts';

export interface BarRow {
  readonly value: string;
  readonly label: string;
  readonly count: number;
  readonly share: number | null;
  readonly colour: string;
}

/** Ranked values with a bar each; a click filters by the value. "(other)" cannot be filtered by. */
export function BarList({
  rows,
  onFilter,
  onUsers,
}: {
  rows: readonly BarRow[];
  onFilter?: (value: string) => void;
  onUsers?: (value: string) => void;
}): React.JSX.Element {
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <div className="wm-bars">
      {rows.map((row) => {
        const plain = row.value === OTHER || (!onFilter && !onUsers);
        return (
          <button
            key={row.value}
            type="button"
            className={plain ? 'wm-bar is-plain' : 'wm-bar'}
            title={plain ? row.label : CHARTS.filterBy(row.label)}
            disabled={plain}
            onClick={() => (onFilter ?? onUsers)?.(row.value)}
          >
            <span
              className="wm-bar-fill"
              style={{
                width: `calc((100% - 16px) * ${Math.max(row.count / most, 0.004)})`,
                ...(row.value === NONE ? { border: `1px solid ${row.colour}` } : { background: row.colour }),
              }}
            />
            <span className="wm-cut">{row.label}</span>
            <span className="wm-number">{formatExact(row.count)}</span>
            {row.share !== null && <span className="wm-number wm-muted">{formatPercent(row.share)}</span>}
          </button>
        );
      })}
    </div>
  );
}
