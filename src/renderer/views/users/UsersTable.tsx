import { CaretDown, CaretUp } from '@blueprintjs/icons';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { ReportInput } from '../../../shared/reports/report';
import type { UsersData } from '../../../shared/reports/result';
import { openView } from '../../state/place';
import { runOnce } from '../../state/runs';
import { nextSort, USER_COLUMNS, type UserRow, type UserSort } from './userColumns';
import { WORDS } from '../../text/words';
import { CARD } from '../../text/cards';
import { USERS } from '../../text/users';

const ROW_PX = 32;
/** The first page is short, to be there at once; who scrolls gets long ones, so that they come seldom. */
const LATER_PAGE = 1_000;

/** Pages of users one after the other; only the rows in sight are drawn. */
export function UsersTable({
  report,
  first,
  zone,
  sort,
  onSort,
}: {
  report: ReportInput & { kind: 'users' };
  first: UsersData;
  zone: string;
  sort: UserSort;
  onSort: (sort: UserSort) => void;
}): React.JSX.Element {
  const [rows, setRows] = useState<readonly UserRow[]>(first.users);
  const [next, setNext] = useState(first.next);
  const [problem, setProblem] = useState<string | null>(null);
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const loading = useRef<AbortController | null>(null);
  // Another answer is shown in the same table: laying one out anew takes longer than its rows.
  const [shown, setShown] = useState(first);
  if (first !== shown) {
    setShown(first);
    setRows(first.users);
    setNext(first.next);
    setProblem(null);
  }
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer is used in this component only
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_PX,
    overscan: 16,
  });
  const items = virtual.getVirtualItems();
  const last = items[items.length - 1]?.index ?? 0;
  const wantsMore = next !== null && problem === null && last >= rows.length - 50;

  useEffect(() => {
    if (!wantsMore || next === null || loading.current) return;
    const controller = new AbortController();
    loading.current = controller;
    runOnce({ ...report, limit: LATER_PAGE, after: next }, controller.signal).then(
      (answer) => {
        if (controller.signal.aborted) return;
        loading.current = null;
        if (answer.kind !== 'users') return;
        setRows((old) => [...old, ...answer.data.users]);
        setNext(answer.data.next);
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        loading.current = null;
        setProblem(error instanceof Error ? error.message : String(error));
      },
    );
  }, [wantsMore, next, report]);
  useEffect(
    () => () => {
      loading.current?.abort();
      loading.current = null;
    },
    [first],
  );
  // Asked of the table itself, where it stands would have everything laid out there and then.
  const isScrolled = useRef(false);
  useEffect(() => {
    if (isScrolled.current) scroller?.scrollTo(0, 0);
  }, [first, scroller]);

  const open = (user: UserRow): void => openView('journey', { userId: user.userId });
  const onKeyDown = (event: KeyboardEvent<HTMLTableRowElement>, user: UserRow, index: number): void => {
    if (event.key === 'Enter') {
      event.preventDefault();
      open(user);
      return;
    }
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const target = index + step;
    virtual.scrollToIndex(target);
    requestAnimationFrame(() => scroller?.querySelector<HTMLElement>(`[data-row="${target}"]`)?.focus());
  };
  const sorted = (key: UserSort): 'ascending' | 'descending' | 'none' =>
    sort === key ? 'ascending' : sort === `-${key}` ? 'descending' : 'none';
  return (
    <div
      className="wm-table-wrap wm-users"
      ref={setScroller}
      onScroll={(event) => {
        isScrolled.current = event.currentTarget.scrollTop > 0;
      }}
    >
      <table
        className="wm-table is-steady"
        aria-label={WORDS.users}
        aria-rowcount={next === null ? rows.length + 1 : -1}
      >
        <thead>
          <tr>
            {USER_COLUMNS.map(({ label, end, sort: key, wideOnly }) => (
              <th
                key={label}
                scope="col"
                className={`${end ? 'is-end' : ''} ${wideOnly ? 'is-wide-only' : ''}`}
                aria-sort={key ? sorted(key) : undefined}
              >
                {key ? (
                  <button type="button" onClick={() => onSort(nextSort(sort, key))}>
                    {label}
                    {sorted(key) === 'ascending' && <CaretUp size={14} />}
                    {sorted(key) === 'descending' && <CaretDown size={14} />}
                  </button>
                ) : (
                  label
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr aria-hidden>
            <td style={{ height: items[0]?.start ?? 0, padding: 0, border: 0 }} />
          </tr>
          {items.map((item) => {
            const user = rows[item.index];
            if (!user) return null;
            return (
              <tr
                key={item.key}
                className="is-open"
                tabIndex={item.index === (items[0]?.index ?? 0) ? 0 : -1}
                data-row={item.index}
                data-focus={`user:${user.userId}`}
                aria-rowindex={item.index + 2}
                onClick={() => open(user)}
                onKeyDown={(event) => onKeyDown(event, user, item.index)}
              >
                {USER_COLUMNS.map(({ label, end, cell, wideOnly }) => (
                  <td
                    key={label}
                    className={`${end ? 'is-end' : ''} ${wideOnly ? 'is-wide-only' : ''}`}
                    title={label === WORDS.user ? user.userId : undefined}
                  >
                    {cell(user, zone)}
                  </td>
                ))}
              </tr>
            );
          })}
          <tr aria-hidden>
            <td
              style={{
                height: virtual.getTotalSize() - (items[items.length - 1]?.end ?? 0),
                padding: 0,
                border: 0,
              }}
            />
          </tr>
        </tbody>
      </table>
      {problem !== null && (
        <p className="wm-card-note is-error" role="alert">
          {USERS.nextPageFailed(problem)}
          <button type="button" className="wm-link" onClick={() => setProblem(null)}>
            {CARD.tryAgain}
          </button>
        </p>
      )}
    </div>
  );
}
