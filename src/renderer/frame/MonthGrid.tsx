import { useEffect, useRef, type KeyboardEvent } from 'react';
import { addWall, WEEK_DAYS, weekDayOf, type WeekDay } from '../../shared/time/calendar';
import { DAY_MS } from '../../shared/time/units';
import { formatDate, formatMonth, formatWeekdayNarrow } from '../format/time';

/** First day of the month that holds a wall-clock day, some months away. */
export function monthOf(wall: number, offset = 0): number {
  const date = new Date(wall);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset, 1);
}

/** One month to pick days from; arrows walk days and weeks, Page keys months. */
export function MonthGrid({
  month,
  weekStart,
  from,
  to,
  cursor,
  focused,
  onCursor,
  onPick,
}: {
  month: number;
  weekStart: WeekDay;
  from: number | null;
  to: number | null;
  /** The day that has the tab stop. */
  cursor: number;
  focused: boolean;
  onCursor: (day: number) => void;
  onPick: (day: number) => void;
}): React.JSX.Element {
  const grid = useRef<HTMLTableElement>(null);
  useEffect(() => {
    if (focused) grid.current?.querySelector<HTMLElement>('button[tabindex="0"]')?.focus();
  }, [cursor, focused]);
  const lead = (weekDayOf(month) - WEEK_DAYS.indexOf(weekStart) + 7) % 7;
  const next = monthOf(month, 1);
  const days = Math.round((next - month) / DAY_MS);
  const weeks = Math.ceil((lead + days) / 7);
  const onKeyDown = (event: KeyboardEvent, day: number): void => {
    const steps: Record<string, number> = {
      ArrowLeft: day - DAY_MS,
      ArrowRight: day + DAY_MS,
      ArrowUp: day - 7 * DAY_MS,
      ArrowDown: day + 7 * DAY_MS,
      PageUp: addWall(day, 'month', -1),
      PageDown: addWall(day, 'month', 1),
    };
    const target = steps[event.key];
    if (target === undefined || event.altKey) return;
    event.preventDefault();
    onCursor(target);
  };
  return (
    <div className="wm-month">
      <h3>{formatMonth(month)}</h3>
      <table ref={grid}>
        <thead>
          <tr>
            {Array.from({ length: 7 }, (_, index) => (
              <th key={index} scope="col">
                {formatWeekdayNarrow(month + (index - lead) * DAY_MS)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: weeks }, (_, week) => (
            <tr key={week}>
              {Array.from({ length: 7 }, (_unused, index) => {
                const day = month + (week * 7 + index - lead) * DAY_MS;
                if (day < month || day >= next) return <td key={index} />;
                const isEdge = day === from || day === to;
                const isIn = from !== null && to !== null && day >= from && day <= to;
                return (
                  <td key={index}>
                    <button
                      type="button"
                      className={isEdge ? 'is-edge' : isIn ? 'is-in' : undefined}
                      tabIndex={day === cursor ? 0 : -1}
                      aria-label={formatDate(day, 'UTC')}
                      aria-pressed={isIn}
                      onKeyDown={(event) => onKeyDown(event, day)}
                      onClick={() => onPick(day)}
                    >
                      {new Date(day).getUTCDate()}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
