import { Button } from '@blueprintjs/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useState } from 'react';
import type { ReportInput, ReportKind } from '../../shared/reports/report';
import type { AnyResult, ListedUser } from '../../shared/reports/result';
import { Loading, Outcome } from '../chart/CardStates';
import { TableHead } from '../chart/TableHead';
import { client } from '../client/client';
import { formatExact, UNKNOWN } from '../format/number';
import { formatDate } from '../format/time';
import { openView, usePlace } from '../state/place';
import { useReport } from '../state/runs';
import { saveSegment } from '../state/library';
import { showToast } from '../state/toast';
import type { UsersContent } from '../state/drawer';
import { EXPORTS } from '../text/cards';
import { useZone } from '../state/zone';
import { DrawerHeader } from './Drawer';
import { useProfiles } from './useProfiles';
import { WORDS } from '../text/words';
import { DRAWER } from '../text/drawer';

export const REASONS = {
  noNextEvent: DRAWER.noNextEvent,
  windowExceeded: DRAWER.windowExceeded,
  exclusion: DRAWER.exclusion,
  undecided: DRAWER.undecided,
} as const;

const ROW_PX = 32;
const SLOT = 'drawer.users';

/** The list of an answer, wherever its kind holds it. */
export function listOf(answer: AnyResult): readonly ListedUser[] {
  if (answer.kind === 'kpis') return answer.users ?? [];
  const { data } = answer;
  return 'users' in data ? ((data.users ?? []) as readonly ListedUser[]) : [];
}

/** A segment holds at most this many users by name. */
const SEGMENT_LIMIT = 10_000;

/** Exactly the users that a mark counts; each opens their journey. */
export function UsersPanel({ content }: { content: UsersContent }): React.JSX.Element {
  const run = useReport(SLOT, content.report as ReportInput & { kind: ReportKind });
  const [search, setSearch] = useState('');
  const zone = useZone();
  const opened = usePlace(({ history }) => history.present.userId);
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const isCurrent = JSON.stringify(run.answered) === JSON.stringify(content.report);
  const answer = isCurrent ? run.answer : null;
  const users = answer ? listOf(answer as AnyResult) : [];
  const needle = search.trim().toLowerCase();
  const shown = needle === '' ? users : users.filter((user) => user.userId.toLowerCase().includes(needle));
  const hasReason = users.some((user) => user.reason !== undefined);
  // eslint-disable-next-line react-hooks/incompatible-library -- the virtualizer is used in this component only
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_PX,
    overscan: 16,
  });
  const profiles = useProfiles(shown, virtual.getVirtualItems());
  const distinct = new Set(users.map((user) => user.userId)).size;
  const title = answer ? `${formatExact(users.length)} ${content.what}` : content.what;
  const openJourney = (user: ListedUser): void =>
    openView('journey', {
      userId: user.userId,
      ...(user.reason ? { reason: REASONS[user.reason] } : {}),
      ...(content.stepEvents ? { stepEvents: content.stepEvents } : {}),
    });
  const exportList = async (): Promise<void> => {
    const written = await client.call('export.csv', { report: content.report, suggestedName: 'users.csv' });
    if (written) showToast(EXPORTS.written(written.path));
  };
  return (
    <>
      <DrawerHeader title={title} />
      {!answer && (
        <div className="wm-drawer-body" style={{ padding: 16 }}>
          {run.outcome !== null ? (
            <Outcome name={WORDS.users} slot={SLOT} run={{ ...run, answer: null }} />
          ) : (
            <Loading name={DRAWER.loadingUsers} />
          )}
        </div>
      )}
      {answer && (
        <>
          <div className="wm-drawer-tools">
            <input
              className="bp6-input"
              style={{ flex: 1, minWidth: 120 }}
              aria-label={DRAWER.searchTheseUsers}
              placeholder={WORDS.search}
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
            <Button
              text={DRAWER.saveAsSegment}
              disabled={distinct === 0 || distinct > SEGMENT_LIMIT}
              title={
                distinct > SEGMENT_LIMIT ? DRAWER.tooManyForSegment(formatExact(SEGMENT_LIMIT)) : undefined
              }
              onClick={() =>
                void saveSegment(title, [
                  // The canonical id: what a merged user did under other ids belongs to them.
                  { field: 'user.userId', op: 'in', values: [...new Set(users.map((user) => user.userId))] },
                ]).then(() => showToast(DRAWER.segmentSaved(title)))
              }
            />
            <Button text={DRAWER.export} onClick={() => void exportList()} />
          </div>
          <div className="wm-table-wrap" ref={setScroller}>
            <table className="wm-table wm-drawer-users" aria-rowcount={shown.length + 1}>
              <TableHead
                columns={[
                  WORDS.user,
                  ...(hasReason ? [WORDS.reason] : []),
                  { label: WORDS.lastActive, end: true },
                ]}
              />
              <tbody>
                <tr aria-hidden>
                  <td
                    colSpan={3}
                    style={{ height: virtual.getVirtualItems()[0]?.start ?? 0, padding: 0, border: 0 }}
                  />
                </tr>
                {virtual.getVirtualItems().map((item) => {
                  const user = shown[item.index];
                  if (!user) return null;
                  const profile = profiles.get(user.userId);
                  const lastActive = profile?.lastActiveAt ?? null;
                  return (
                    <tr
                      key={item.key}
                      className={user.userId === opened ? 'is-open is-current' : 'is-open'}
                      aria-current={user.userId === opened ? 'true' : undefined}
                      aria-rowindex={item.index + 2}
                      onClick={() => openJourney(user)}
                    >
                      <td>
                        <button
                          type="button"
                          className="wm-link wm-cut"
                          style={{ maxWidth: '100%' }}
                          data-focus={`listed:${item.index}`}
                          title={user.userId}
                        >
                          {profile?.name ?? profile?.email ?? user.userId}
                        </button>
                        {user.sessionId !== undefined && (
                          <span className="wm-caption"> {user.sessionId}</span>
                        )}
                      </td>
                      {hasReason && (
                        <td title={user.reason && REASONS[user.reason]}>
                          {user.reason ? REASONS[user.reason] : ''}
                        </td>
                      )}
                      <td className="is-end">
                        {lastActive === null ? (profile ? UNKNOWN : '') : formatDate(lastActive, zone)}
                      </td>
                    </tr>
                  );
                })}
                <tr aria-hidden>
                  <td
                    colSpan={3}
                    style={{
                      height: virtual.getTotalSize() - (virtual.getVirtualItems().slice(-1)[0]?.end ?? 0),
                      padding: 0,
                      border: 0,
                    }}
                  />
                </tr>
              </tbody>
            </table>
            {shown.length === 0 && (
              <p className="wm-state">{needle === '' ? DRAWER.nobody : DRAWER.noUserMatches(search)}</p>
            )}
          </div>
        </>
      )}
    </>
  );
}
