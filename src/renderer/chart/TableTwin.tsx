import { useVirtualizer } from '@tanstack/react-virtual';
import { useState } from 'react';
import type { TableModel } from './tableModel';
import { TableHead } from './TableHead';

const ROW_PX = 32;

/** A chart's table twin; long ones draw only the rows in sight. */
export function TableTwin({ table, label }: { table: TableModel; label: string }): React.JSX.Element {
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer is used in this component only
  const virtual = useVirtualizer({
    count: table.rows.length,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_PX,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0);
  const span = table.columns.length;
  return (
    <div className="wm-table-wrap" ref={setScroller} tabIndex={0} role="region" aria-label={label}>
      <table className="wm-table" aria-rowcount={table.rows.length + 1}>
        <TableHead columns={table.columns} />
        <tbody>
          {before > 0 && (
            <tr aria-hidden>
              <td colSpan={span} style={{ height: before, padding: 0, border: 0 }} />
            </tr>
          )}
          {items.map((item) => (
            <tr key={item.key} aria-rowindex={item.index + 2}>
              {(table.rows[item.index] ?? []).map((cell, index) => (
                <td key={index} className={table.columns[index]?.end ? 'is-end' : undefined} title={cell}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
          {after > 0 && (
            <tr aria-hidden>
              <td colSpan={span} style={{ height: after, padding: 0, border: 0 }} />
            </tr>
          )}
        </tbody>
      </table>
      {table.note !== undefined && <p className="wm-card-note">{table.note}</p>}
    </div>
  );
}
