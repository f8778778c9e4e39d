import type { ReportInput } from '../../../shared/reports/report';
import type { UsersData } from '../../../shared/reports/result';
import { drawTable } from '../../chart/picture';
import { ReportCard } from '../../chart/ReportCard';
import type { TableModel } from '../../chart/tableModel';
import { formatExact, UNKNOWN } from '../../format/number';
import { formatDate, formatDateTime } from '../../format/time';
import { useShownReport } from '../../state/currentReport';
import { useReportTitle } from '../../state/reportTitles';
import { useReport } from '../../state/runs';
import type { ReportBase } from '../../state/useReportBase';
import { usePalette } from '../../theme/palette';
import { UsersTable } from './UsersTable';
import type { UsersDraft } from './usersDraft';
import { WORDS } from '../../text/words';
import { USERS } from '../../text/users';

/** What a picture shows of the users: names and figures, and how many more there are. */
const pictured = ({ users, next }: UsersData, zone: string): TableModel => ({
  columns: [
    { label: WORDS.user },
    ...[WORDS.country, WORDS.device, WORDS.sessions, WORDS.events, WORDS.lastActive].map((label) => ({
      label,
      end: true,
    })),
  ],
  rows: users.map((user) => [
    user.name ?? user.userId,
    user.country ?? UNKNOWN,
    user.device ?? UNKNOWN,
    formatExact(user.sessions),
    formatExact(user.events),
    user.lastActiveAt === null ? UNKNOWN : formatDate(user.lastActiveAt, zone),
  ]),
  ...(next === null ? {} : { note: USERS.firstPageOnly }),
});

/** The users with events in the range: searched as one types, sorted, paged without end. */
export function UsersCard({
  base,
  slot,
  draft,
  onChange,
  isShown = false,
  height,
  className = '',
}: {
  base: ReportBase;
  slot: string;
  draft: UsersDraft;
  onChange: (change: Partial<UsersDraft>) => void;
  /** It is the report of the view, which is saved. */
  isShown?: boolean;
  height?: number;
  className?: string;
}): React.JSX.Element {
  const palette = usePalette();
  const { search, sort, limit } = draft;
  const text = search.trim();
  const title = useReportTitle('users', WORDS.users);
  const report: ReportInput & { kind: 'users' } = {
    ...base,
    kind: 'users',
    title,
    sort,
    limit,
    ...(text === '' ? {} : { search: text }),
  };
  useShownReport(report, isShown);
  const run = useReport(slot, report, text === '' ? 0 : 200);
  const total = run.answer?.data.total;
  // A quick first page knows only about how many there are in all; the figure itself is counted beside it.
  const counted = useReport(
    `${slot}.count`,
    total && !total.exact && text === ''
      ? { ...base, kind: 'trend', title: WORDS.users, measure: 'users', interval: 'month' }
      : null,
  );
  const exact = total?.exact ? total.count : counted.isBusy ? null : counted.answer?.data.series[0]?.total;
  return (
    <ReportCard
      title={WORDS.users}
      isWholeView={isShown}
      slot={slot}
      run={run}
      className={className}
      {...(height === undefined ? {} : { height })}
      flush
      controls={
        <>
          <span className="wm-caption" role="status">
            {exact == null ? '' : USERS.countUsers(formatExact(exact))}
          </span>
          <input
            className="bp6-input wm-users-search"
            type="search"
            aria-label={USERS.searchUsers}
            placeholder={USERS.searchHint}
            data-shortcut="/"
            value={search}
            onChange={(event) => onChange({ search: event.target.value })}
          />
        </>
      }
      isEmpty={({ data }) => data.users.length === 0}
      {...(text === ''
        ? {}
        : {
            empty: (
              <div className="wm-state">
                <p>{USERS.noUserMatches(text)}</p>
              </div>
            ),
          })}
      table={({ data, provenance }) => ({
        columns: [
          { label: WORDS.user },
          { label: WORDS.name },
          { label: WORDS.email },
          { label: WORDS.country },
          { label: WORDS.device },
          { label: WORDS.sessions, end: true },
          { label: WORDS.events, end: true },
          { label: WORDS.purchases, end: true },
          { label: WORDS.lastActive },
        ],
        rows: data.users.map((user) => [
          user.userId,
          user.name ?? '',
          user.email ?? '',
          user.country ?? '',
          user.device ?? '',
          formatExact(user.sessions),
          formatExact(user.events),
          formatExact(user.purchases),
          user.lastActiveAt === null ? '–' : formatDateTime(user.lastActiveAt, provenance.timezone),
        ]),
        ...(data.next === null ? {} : { note: USERS.firstPageOnly }),
      })}
      headline={({ data }) => USERS.countUsers(formatExact(data.total.count))}
      draw={({ data, provenance }) =>
        Promise.resolve(drawTable(pictured(data, provenance.timezone), palette))
      }
    >
      {({ data, provenance }) => (
        <UsersTable
          report={run.answered?.kind === 'users' ? run.answered : report}
          first={data}
          zone={provenance.timezone}
          sort={sort}
          onSort={(next) => onChange({ sort: next })}
        />
      )}
    </ReportCard>
  );
}
