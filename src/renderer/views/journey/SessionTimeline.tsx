import { Button } from '@blueprintjs/core';
import { CaretDown, CaretRight } from '@blueprintjs/icons';
import { useState } from 'react';
import type { JourneyData } from '../../../shared/reports/result';
import { formatDuration, formatExact } from '../../format/number';
import { formatClock, formatDateTime } from '../../format/time';
import { WORDS } from '../../text/words';
import { JOURNEY } from '../../text/journey';

export type JourneySession = JourneyData['sessions'][number];
type JourneyEvent = JourneySession['events'][number];

/** Time since the session began: "+1:05". */
export function formatOffset(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  const rest = String(seconds % 60).padStart(2, '0');
  return hours > 0 ? `+${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `+${minutes}:${rest}`;
}

const show = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function EventRow({
  event,
  startedAt,
  zone,
  step,
}: {
  event: JourneyEvent;
  startedAt: number;
  zone: string;
  step: number;
}): React.JSX.Element {
  const [open, setOpen] = useState(false);
  const details = [
    ...Object.entries(event.page ?? {}).map(([name, value]) => [`page.${name}`, value] as const),
    ...Object.entries(event.properties),
  ];
  return (
    <li className={step > 0 ? 'wm-event is-step' : 'wm-event'}>
      <button
        type="button"
        className="wm-event-line"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        title={formatClock(event.at, zone)}
      >
        {open ? <CaretDown size={14} /> : <CaretRight size={14} />}
        <span className="wm-event-offset wm-number">{formatOffset(Date.parse(event.at) - startedAt)}</span>
        {step > 0 && (
          <span className="wm-step-number" title={JOURNEY.stepOfFunnel(step)}>
            {step}
          </span>
        )}
        <span className="wm-event-type">{event.type}</span>
        <span className="wm-muted wm-cut">{event.page?.path ?? event.page?.title ?? ''}</span>
        {event.durationSec !== null && (
          <span className="wm-caption">{formatDuration(event.durationSec)}</span>
        )}
      </button>
      {open && (
        <dl className="wm-facts wm-event-facts">
          <div>
            <dt>{WORDS.time}</dt>
            <dd>{formatDateTime(event.at, zone, true)}</dd>
          </div>
          {details.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{show(value)}</dd>
            </div>
          ))}
          <div>
            <dt>{JOURNEY.eventId}</dt>
            <dd className="wm-mono">{event.id}</dd>
          </div>
        </dl>
      )}
    </li>
  );
}

/** One session: where and when, and its events in order. */
export function SessionTimeline({
  session,
  gapSeconds,
  zone,
  stepEvents,
  busy,
  onMore,
}: {
  session: JourneySession;
  /** Time from this session's end to the next one's start; null for the newest. */
  gapSeconds: number | null;
  zone: string;
  stepEvents: readonly string[];
  /** More events are on their way. */
  busy: boolean;
  /** Asks for the events after those shown. */
  onMore: () => void;
}): React.JSX.Element {
  const startedAt = Date.parse(session.startedAt);
  const where = [session.device, session.os, session.browser, session.country].filter(Boolean).join(' · ');
  return (
    <>
      {gapSeconds !== null && (
        <li className="wm-gap" aria-label={JOURNEY.gapOf(formatDuration(gapSeconds))}>
          <span>{JOURNEY.gap(formatDuration(gapSeconds))}</span>
        </li>
      )}
      <li className="wm-session" data-session={session.startedAt} tabIndex={-1}>
        <h3>
          {formatDateTime(session.startedAt, zone)}
          <span className="wm-muted"> · {formatDuration(session.durationSeconds)}</span>
          <span className="wm-muted">{JOURNEY.sessionEvents(formatExact(session.events.length))}</span>
          {where !== '' && <span className="wm-muted"> · {where}</span>}
        </h3>
        <ol>
          {session.events.map((event) => (
            <EventRow
              key={event.id}
              event={event}
              startedAt={startedAt}
              zone={zone}
              step={stepEvents.indexOf(event.type) + 1}
            />
          ))}
        </ol>
        {session.nextEvent !== undefined && (
          <p className="wm-caption wm-inline">
            {JOURNEY.firstEvents(formatExact(session.events.length))}
            <Button
              size="small"
              variant="minimal"
              text={JOURNEY.moreEvents}
              loading={busy}
              onClick={onMore}
            />
          </p>
        )}
      </li>
    </>
  );
}
