import { Button } from '@blueprintjs/core';
import { Pause, Play } from '@blueprintjs/icons';
import { formatExact, UNKNOWN } from '../../format/number';
import { formatClock, formatDateTime } from '../../format/time';
import { ViewFrame } from '../../frame/ViewFrame';
import { openView } from '../../state/place';
import { useZone } from '../../state/zone';
import { TableHead } from '../../chart/TableHead';
import { LIVE } from '../../text/live';
import { WORDS } from '../../text/words';
import { useLiveEvents } from './useLiveEvents';

/** Events as they arrive. */
export function LiveView(): React.JSX.Element {
  const zone = useZone();
  const { buffer, paused, problem, togglePause } = useLiveEvents();
  const { shown, waitingCount, perSecond, mode, lastEventAt } = buffer;
  return (
    <ViewFrame view="live">
      <section className="wm-card wm-fill" aria-labelledby="live-title">
        <header className="wm-card-header">
          <h2 id="live-title">{WORDS.events}</h2>
          <span className="wm-caption" role="status">
            {paused ? LIVE.paused(formatExact(waitingCount)) : mode === 'polling' ? LIVE.polling : ''}
          </span>
          <span className="wm-rate">{formatExact(Math.round(perSecond * 10) / 10)}/s</span>
          <Button
            size="small"
            icon={paused ? <Play size={14} /> : <Pause size={14} />}
            text={paused ? LIVE.resume : LIVE.pause}
            onClick={togglePause}
          />
        </header>
        {problem !== null && (
          <div className="wm-card-note is-error" role="alert">
            <span>{LIVE.failed(problem)}</span>
          </div>
        )}
        {shown.length === 0 ? (
          <div className="wm-state">
            <p>
              {lastEventAt === null
                ? LIVE.waiting
                : LIVE.waitingSince(formatDateTime(lastEventAt, zone, true))}
            </p>
          </div>
        ) : (
          <div className="wm-table-wrap wm-users" tabIndex={0} role="region" aria-label={LIVE.newestFirst}>
            <table className="wm-table wm-live">
              <TableHead
                columns={[
                  WORDS.time,
                  WORDS.event,
                  WORDS.user,
                  { label: WORDS.page, wideOnly: true },
                  WORDS.device,
                  WORDS.country,
                ]}
              />
              <tbody>
                {shown.slice(0, 200).map((event) => (
                  <tr key={event.id}>
                    <td>{formatClock(event.at, zone)}</td>
                    <td>{event.type}</td>
                    <td>
                      <button
                        type="button"
                        className="wm-link wm-cut"
                        data-focus={`live:${event.id}`}
                        onClick={() => openView('journey', { userId: event.userId })}
                      >
                        {event.userId}
                      </button>
                    </td>
                    <td className="is-wide-only">{event.page ?? UNKNOWN}</td>
                    <td>{event.device ?? UNKNOWN}</td>
                    <td>{event.country ?? UNKNOWN}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </ViewFrame>
  );
}
