import { Button } from '@blueprintjs/core';
import { Pause, Play } from '@blueprintjs/icons';
import { formatExact, UNKNOWN } from '../../format/number';
import { formatClock, formatDateTime } from '../../format/time';
import { ViewFrame } from '../../frame/ViewFrame';
import { openView } from '../../state/place';
import { useZone } from '../../state/zone';
import { TableHead } from '../../chart/TableHead';
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
          <h2 id="live-title">Events</h2>
          <span className="wm-caption" role="status">
            {paused
              ? `Paused. ${formatExact(waitingCount)} new.`
              : mode === 'polling'
                ? 'Change streams are off. Checking every 2 s.'
                : ''}
          </span>
          <span className="wm-rate">{formatExact(Math.round(perSecond * 10) / 10)}/s</span>
          <Button
            size="small"
            icon={paused ? <Play size={14} /> : <Pause size={14} />}
            text={paused ? 'Resume' : 'Pause'}
            onClick={togglePause}
          />
        </header>
        {problem !== null && (
          <div className="wm-card-note is-error" role="alert">
            <span>Live could not be updated. {problem} Trying again.</span>
          </div>
        )}
        {shown.length === 0 ? (
          <div className="wm-state">
            <p>
              Waiting for events.
              {lastEventAt !== null && ` Last one ${formatDateTime(lastEventAt, zone, true)}.`}
            </p>
          </div>
        ) : (
          <div
            className="wm-table-wrap wm-users"
            tabIndex={0}
            role="region"
            aria-label="Events, newest first"
          >
            <table className="wm-table wm-live">
              <TableHead
                columns={['Time', 'Event', 'User', { label: 'Page', wideOnly: true }, 'Device', 'Country']}
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
