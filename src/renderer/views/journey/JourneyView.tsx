import { Button } from '@blueprintjs/core';
import { ArrowLeft, ChevronLeft, ChevronRight } from '@blueprintjs/icons';
import { useEffect, useRef, useState } from 'react';
import type { ReportInput } from '../../../shared/reports/report';
import type { JourneyData, TrendData } from '../../../shared/reports/result';
import { ReportCard } from '../../chart/ReportCard';
import { TrendChart } from '../../chart/TrendChart';
import { drawTrend } from '../overview/TrendCard';
import { formatExact } from '../../format/number';
import { formatDateTime } from '../../format/time';
import { readDay, wallDay, writeDay } from '../../frame/rangeText';
import { ViewFrame } from '../../frame/ViewFrame';
import { useShownReport } from '../../state/currentReport';
import { useLibrary } from '../../state/library';
import { changeScope, stepBack, usePlace } from '../../state/place';
import { useReportTitle } from '../../state/reportTitles';
import { runOnce, useReport, type ShownRun } from '../../state/runs';
import { useReportBase } from '../../state/useReportBase';
import { usePalette } from '../../theme/palette';
import { Profile } from './Profile';
import { SessionTimeline, type JourneySession } from './SessionTimeline';
import { JOURNEY } from '../../text/journey';
import { WORDS } from '../../text/words';

const SLOT = 'journey.main';
type JourneyReport = ReportInput & { kind: 'journey' };

const asTrend = (data: JourneyData): TrendData => ({
  interval: 'day',
  series: [
    {
      key: 'all',
      total: data.totals.events,
      points: data.trend.map(({ at, events }) => ({ at, value: events, complete: true })),
    },
  ],
});

function Sessions({
  report,
  first,
  zone,
  stepEvents,
  reason,
}: {
  report: JourneyReport;
  first: JourneyData;
  zone: string;
  stepEvents: readonly string[];
  reason: string | undefined;
}): React.JSX.Element {
  const [sessions, setSessions] = useState<readonly JourneySession[]>(first.sessions);
  const [next, setNext] = useState(first.next);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const current = useRef(-1);
  const newest = sessions[0];
  const [day, setDay] = useState(() => (newest ? writeDay(wallDay(zone, Date.parse(newest.startedAt))) : ''));

  /** Loads pages until the oldest session lies before an instant (ms), or there are no more. */
  const loadUntil = async (before: number): Promise<readonly JourneySession[]> => {
    let all = sessions;
    let after = next;
    setBusy(true);
    setProblem(null);
    try {
      do {
        if (after === null) break;
        const answer = await runOnce({ ...report, after });
        if (answer.kind !== 'journey') break;
        all = [...all, ...answer.data.sessions];
        after = answer.data.next;
      } while (Date.parse(all[all.length - 1]?.startedAt ?? '') > before);
      setSessions(all);
      setNext(after);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
    return all;
  };
  /** Loads the next events of a session that has more than a page holds. */
  const loadEvents = async (session: JourneySession): Promise<void> => {
    if (session.nextEvent === undefined) return;
    setBusy(true);
    setProblem(null);
    try {
      const answer = await runOnce({ ...report, after: session.nextEvent });
      const more = answer.kind === 'journey' ? answer.data.sessions[0] : undefined;
      if (!more) return;
      const events = [...session.events, ...more.events];
      const longer: JourneySession = { ...session, events, nextEvent: more.nextEvent };
      setSessions((old) => old.map((other) => (other === session ? longer : other)));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  const show = (index: number): void => {
    const element = list.current?.querySelectorAll<HTMLElement>('.wm-session')[index];
    if (!element) return;
    current.current = index;
    element.scrollIntoView({ block: 'start' });
    element.focus({ preventScroll: true });
  };
  const jump = async (): Promise<void> => {
    const wanted = readDay(day, 0);
    if (wanted === undefined) return;
    const dayOf = (session: JourneySession): number => wallDay(zone, Date.parse(session.startedAt));
    const oldest = sessions[sessions.length - 1];
    const all = oldest && dayOf(oldest) > wanted ? await loadUntil(wanted) : sessions;
    const found = all.findIndex((session) => dayOf(session) <= wanted);
    setTimeout(() => show(found < 0 ? all.length - 1 : found), 0);
  };
  return (
    <section className="wm-card wm-journey" aria-label={WORDS.sessions}>
      <header className="wm-card-header">
        <h2>{WORDS.sessions}</h2>
        <form
          className="wm-inline"
          onSubmit={(event) => {
            event.preventDefault();
            void jump();
          }}
        >
          <label className="wm-inline">
            <span className="wm-caption">{JOURNEY.jumpToDate}</span>
            <input
              className="bp6-input wm-day"
              type="date"
              value={day}
              onChange={(event) => setDay(event.target.value)}
            />
          </label>
          <Button size="small" type="submit" text={JOURNEY.go} loading={busy} />
          <Button
            size="small"
            variant="minimal"
            icon={<ChevronLeft size={14} />}
            aria-label={JOURNEY.newerSession}
            onClick={() => show(Math.max(0, current.current - 1))}
          />
          <Button
            size="small"
            variant="minimal"
            icon={<ChevronRight size={14} />}
            aria-label={JOURNEY.olderSession}
            onClick={() => show(current.current + 1)}
          />
        </form>
      </header>
      <ol className="wm-sessions" ref={list}>
        {reason !== undefined && <li className="wm-reason">{reason}.</li>}
        {sessions.map((session, index) => {
          const newer = sessions[index - 1];
          return (
            <SessionTimeline
              key={session.sessionId + session.startedAt}
              session={session}
              gapSeconds={newer ? (Date.parse(newer.startedAt) - Date.parse(session.endedAt)) / 1_000 : null}
              zone={zone}
              stepEvents={stepEvents}
              busy={busy}
              onMore={() => void loadEvents(session)}
            />
          );
        })}
      </ol>
      {problem !== null && (
        <p className="wm-card-note is-error" role="alert">
          {JOURNEY.moreFailed(problem)}
        </p>
      )}
      {next !== null && (
        <Button
          className="wm-older"
          variant="minimal"
          text={JOURNEY.olderSessions}
          loading={busy}
          onClick={() => void loadUntil(Infinity)}
        />
      )}
    </section>
  );
}

function Trend({ run }: { run: ShownRun<'journey'> }): React.JSX.Element {
  const palette = usePalette();
  const annotations = useLibrary((state) => state.library.annotations);
  return (
    <ReportCard
      title={JOURNEY.eventsByDay}
      slot={SLOT}
      run={run}
      height={220}
      table={({ data, provenance }) => ({
        columns: [{ label: WORDS.day }, { label: WORDS.events, end: true }],
        rows: data.trend.map(({ at, events }) => [
          formatDateTime(at, provenance.timezone),
          formatExact(events),
        ]),
      })}
      csv={({ data }) => [['at', 'events'], ...data.trend.map(({ at, events }) => [at, events])]}
      headline={({ data }) => JOURNEY.countEvents(formatExact(data.totals.events))}
      draw={({ data, provenance }) =>
        drawTrend(asTrend(data), {
          name: WORDS.events,
          kind: 'count',
          field: '',
          zone: provenance.timezone,
          palette,
        })
      }
    >
      {({ data, provenance }) => (
        <TrendChart
          data={asTrend(data)}
          name={WORDS.events}
          kind="count"
          field=""
          zone={provenance.timezone}
          notes={annotations}
          label={JOURNEY.eventsByDayHeadline(formatExact(data.totals.events))}
        />
      )}
    </ReportCard>
  );
}

/** What one person did: profile, totals, and every session with its gaps. */
export function JourneyView(): React.JSX.Element {
  const place = usePlace((state) => state.history.present);
  const base = useReportBase();
  const title = useReportTitle('journey', JOURNEY.journey);
  const report: JourneyReport | null =
    place.userId === undefined
      ? null
      : { ...base, filters: [], kind: 'journey', title, userId: place.userId };
  useShownReport(report);
  const run = useReport(SLOT, report);
  const asked = run.answered;
  const isCurrent = asked?.kind === 'journey' && asked.userId === place.userId;
  const shown: ShownRun<'journey'> = isCurrent ? run : { ...run, answer: null, answered: null };
  const data = shown.answer?.data;
  const zone = shown.answer?.provenance.timezone ?? base.range.timezone;
  const heading = useRef<HTMLDivElement>(null);
  useEffect(() => heading.current?.focus(), [place.userId]);
  return (
    <ViewFrame
      view="journey"
      title={
        <span className="wm-muted wm-cut" ref={heading} tabIndex={-1}>
          {data?.user.name ?? place.userId}
        </span>
      }
      tools={<Button variant="minimal" icon={<ArrowLeft />} text={JOURNEY.back} onClick={stepBack} />}
    >
      <div className="wm-split is-journey">
        {data ? <Profile data={data} zone={zone} /> : <div className="wm-profile" />}
        <div className="wm-split-main">
          <Trend run={shown} />
          {data && data.sessions.length === 0 && (
            <section className="wm-card">
              <div className="wm-state">
                <p>{JOURNEY.noEventsInThisRange}</p>
                <Button
                  size="small"
                  text={JOURNEY.showAllTime}
                  onClick={() => changeScope({ range: { last: '3650d' } })}
                />
              </div>
            </section>
          )}
          {data && data.sessions.length > 0 && isCurrent && (
            <Sessions
              key={JSON.stringify(asked)}
              report={asked}
              first={data}
              zone={zone}
              stepEvents={place.stepEvents ?? []}
              reason={place.reason}
            />
          )}
        </div>
      </div>
    </ViewFrame>
  );
}
