import type { ReactNode } from 'react';
import { CARD } from '../text/cards';

export interface TooltipRow {
  readonly name: string;
  /** Of its line; what is only said has none. */
  readonly colour?: string;
  readonly hollow?: boolean;
  readonly value: string;
  readonly detail?: string | undefined;
  readonly current?: boolean;
}

/** What stands at a point: its bucket, values, comparison; at most eight rows, the rest counted. */
export function TooltipBody({
  title,
  complete,
  rows,
  note,
  picks,
}: {
  title: string;
  complete: boolean;
  rows: readonly TooltipRow[];
  note?: ReactNode;
  picks: boolean;
}): React.JSX.Element {
  const shown = rows.slice(0, 8);
  return (
    <>
      <div className="wm-tooltip-title">
        {title}
        {!complete && <span className="wm-warn"> · {CARD.incomplete}</span>}
      </div>
      <table>
        <tbody>
          {shown.map((row) => (
            <tr key={row.name} style={row.current ? { fontWeight: 600 } : undefined}>
              <td>
                {row.colour !== undefined && (
                  <i
                    className={row.hollow ? 'wm-swatch is-hollow' : 'wm-swatch'}
                    style={row.hollow ? undefined : { background: row.colour }}
                  />
                )}
                {row.name}
              </td>
              <td className="wm-number">{row.value}</td>
              {row.detail !== undefined && <td className="wm-number wm-muted">{row.detail}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length && <div className="wm-muted">+{rows.length - shown.length}</div>}
      {note}
      {picks && <div className="wm-muted">{CARD.enterUsers}</div>}
    </>
  );
}
