import { Button } from '@blueprintjs/core';
import { Pause, Play } from '@blueprintjs/icons';
import { useEffect, useRef, useState } from 'react';
import { client } from '../../client/client';
import { formatExact, UNKNOWN } from '../../format/number';
import { formatClock, formatDateTime } from '../../format/time';
import { ViewFrame } from '../../frame/ViewFrame';
import { openView } from '../../state/place';
import { announce } from '../../state/toast';
import { useReportBase } from '../../state/useReportBase';
import { useWorkspace, workspaceKey } from '../../state/workspace';
import { useZone } from '../../state/zone';
import { EMPTY_LIVE, receive, resume, type LiveBuffer } from './liveBuffer';
import { TableHead } from '../../chart/TableHead';

const SAY_EVERY_MS = 5_000;
const NOTHING = { source: '', buffer: EMPTY_LIVE };

/** Events as they arrive. */
export function LiveView(): React.JSX.Element {
  const base = useReportBase();
  const zone = useZone();
  const data = useWorkspace(workspaceKey);
  const [received, setReceived] = useState<{ source: string; buffer: LiveBuffer }>(NOTHING);
  const [paused, setPaused] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  const pausedNow = useRef(false);
  const saidAt = useRef(0);
  const filters = JSON.stringify(base.filters);
  // What other data or other filters let through has no place beside what these do.
  const source = `${data} ${filters}`;
  const buffer = received.source === source ? received.buffer : EMPTY_LIVE;

  useEffect(() => {
    if (data === '') return undefined;
    const controller = new AbortController();
    client
      .call(
        'live.watch',
        { filters: JSON.parse(filters) as typeof base.filters },
        {
          signal: controller.signal,
          onProgress: (batch) => {
            setReceived((old) => {
              const before = old.source === source ? old.buffer : EMPTY_LIVE;
              return { source, buffer: receive(before, batch, pausedNow.current) };
            });
            if (batch.events.length > 0 && Date.now() - saidAt.current > SAY_EVERY_MS) {
              saidAt.current = Date.now();
              announce(`${formatExact(batch.events.length)} new events`);
            }
          },
        },
      )
      .catch((error: unknown) => {
        if (!controller.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      });
    return () => controller.abort();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `base` only gives a type here
  }, [data, filters, source, attempt]);

  const toggle = (): void => {
    pausedNow.current = !paused;
    setPaused(!paused);
    if (paused) setReceived({ source, buffer: resume(buffer) });
  };
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
            onClick={toggle}
          />
        </header>
        {problem !== null && (
          <div className="wm-card-note is-error" role="alert">
            <span>Live could not be updated. {problem}</span>
            <Button
              size="small"
              variant="minimal"
              text="Try again"
              onClick={() => {
                setProblem(null);
                setAttempt(attempt + 1);
              }}
            />
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
