import { Button, Checkbox, HTMLSelect, SegmentedControl } from '@blueprintjs/core';
import { useState } from 'react';
import { Popup } from '../../frame/Popup';
import type { RetentionData } from '../../../shared/reports/result';
import { addBuckets, type Calendar } from '../../../shared/time/calendar';
import { NoMatch } from '../../chart/CardStates';
import { ReportCard } from '../../chart/ReportCard';
import { describeEvent } from '../../filters/describeFilter';
import { formatPercent } from '../../format/number';
import { formatBucket } from '../../format/time';
import { Toolbar, ToolbarEvent, ToolbarSelect } from '../../frame/Toolbar';
import { ViewFrame } from '../../frame/ViewFrame';
import { useShownReport } from '../../state/currentReport';
import { openDrawer } from '../../state/drawer';
import { useReportTitle } from '../../state/reportTitles';
import { useReport } from '../../state/runs';
import { useReportBase } from '../../state/useReportBase';
import { usePalette } from '../../theme/palette';
import { drawCurves, RetentionCurves } from './RetentionCurves';
import { RetentionGrid, type Shown } from './RetentionGrid';
import { changeRetention, retentionReport, useRetentionDraft, type RetentionDraft } from './retentionDraft';
import { drawRetention } from './RetentionPicture';
import { retentionTable } from './retentionTable';
import { WORDS } from '../../text/words';
import { RETENTION } from '../../text/retention';

const SLOT = 'retention.main';

const INTERVALS = { day: WORDS.day, week: WORDS.week, month: WORDS.month } as const;
const RULES = { on: RETENTION.inThePeriod, onOrAfter: RETENTION.inItOrLater } as const;

function Controls(): React.JSX.Element {
  const draft = useRetentionDraft((state) => state.draft);
  return (
    <Toolbar label={RETENTION.retentionOf}>
      <ToolbarEvent
        name={RETENTION.start}
        label={RETENTION.startEvent}
        any
        value={draft.start}
        onPick={(start) => changeRetention({ start })}
      />
      <ToolbarEvent
        name={RETENTION.return}
        label={RETENTION.returnEvent}
        any
        value={draft.return}
        onPick={(event) => changeRetention({ return: event })}
      />
      <ToolbarSelect
        label={WORDS.interval}
        value={draft.interval}
        options={INTERVALS}
        onChange={(interval) => changeRetention({ interval })}
      />
      <ToolbarSelect
        label={RETENTION.rule}
        value={draft.rule}
        options={RULES}
        onChange={(rule) => changeRetention({ rule })}
      />
      <Popup
        placement="bottom-end"
        content={
          <div className="wm-picker">
            <label className="wm-field">
              <span>{RETENTION.cohort}</span>
              <HTMLSelect
                value={draft.cohort}
                onChange={(event) =>
                  changeRetention({ cohort: event.target.value as RetentionDraft['cohort'] })
                }
                options={[
                  { value: 'firstTime', label: RETENTION.byTheFirstTimeEver },
                  { value: 'recurring', label: RETENTION.byEveryPeriodWithAStart },
                ]}
              />
            </label>
            <label className="wm-field">
              <span>{RETENTION.periods}</span>
              <input
                className="bp6-input"
                type="number"
                min={1}
                max={366}
                value={draft.periods}
                onChange={(event) => {
                  const periods = Math.round(Number(event.target.value));
                  if (periods >= 1 && periods <= 366) changeRetention({ periods });
                }}
              />
            </label>
            <Checkbox
              checked={draft.rolling}
              onChange={(event) => changeRetention({ rolling: event.currentTarget.checked })}
            >
              {RETENTION.rolling}
            </Checkbox>
          </div>
        }
      >
        <Button size="small" text={WORDS.more} />
      </Popup>
    </Toolbar>
  );
}

/**
 * Whether anybody of a cohort could have returned in a period before an instant (ms): a rolling period begins with
 * the earliest start of its cohort, which is the cohort's own at the earliest.
 */
function periodBegan(
  calendar: Calendar,
  interval: RetentionData['interval'],
  at: string,
  period: number,
  before: number,
): boolean {
  return addBuckets(calendar, interval, Date.parse(at), period) <= before;
}

/** Whether people come back. */
export function RetentionView(): React.JSX.Element {
  const base = useReportBase();
  const draft = useRetentionDraft((state) => state.draft);
  const palette = usePalette();
  const [shown, setShown] = useState<Shown>('percent');
  const report = retentionReport(draft, base, useReportTitle('retention', RETENTION.retention));
  useShownReport(report);
  const run = useReport(SLOT, report, 150);
  const asked = run.answered;
  const isEmpty = ({ data }: { data: RetentionData }): boolean =>
    data.cohorts.every((cohort) => cohort.size === 0);
  const headline = ({ data }: { data: RetentionData }): string =>
    RETENTION.cohortsHeadline(data.cohorts.length, formatPercent(data.mean[1]));
  const empty = <NoMatch text={RETENTION.nobodyDid(describeEvent(draft.start))} />;
  return (
    <ViewFrame view="retention">
      <Controls />
      <ReportCard
        title={RETENTION.cohorts}
        slot={SLOT}
        run={run}
        flush
        controls={
          <SegmentedControl
            size="small"
            value={shown}
            onValueChange={(value) => setShown(value as Shown)}
            options={[
              { value: 'percent', label: RETENTION.percent },
              { value: 'users', label: WORDS.users },
            ]}
          />
        }
        isEmpty={isEmpty}
        empty={empty}
        table={({ data, provenance }) => retentionTable(data, provenance.timezone)}
        headline={headline}
        draw={({ data, provenance }) => Promise.resolve(drawRetention(data, provenance.timezone, palette))}
        chart="cohorts"
      >
        {({ data, provenance }) => (
          <RetentionGrid
            data={data}
            zone={provenance.timezone}
            shown={shown}
            palette={palette}
            hasBegun={(at, period) => {
              const { timezone, dataThrough } = provenance;
              const calendar = { timezone, weekStart: base.range.weekStart ?? 'monday' };
              return (
                dataThrough !== null &&
                periodBegan(calendar, data.interval, at, period, Date.parse(dataThrough))
              );
            }}
            onOpen={(at, period) => {
              if (asked?.kind !== 'retention') return;
              openDrawer({
                kind: 'users',
                what: RETENTION.usersOf(
                  formatBucket(at, data.interval, provenance.timezone),
                  period === 0 ? '' : RETENTION.whoReturned(data.interval, period),
                ),
                report: { ...asked, users: { cohort: at, period } },
              });
            }}
          />
        )}
      </ReportCard>
      <ReportCard
        title={RETENTION.curves}
        slot={SLOT}
        run={run}
        height={260}
        isEmpty={isEmpty}
        empty={empty}
        table={({ data }) => ({
          columns: [{ label: RETENTION.period }, { label: WORDS.mean, end: true }],
          rows: data.mean.map((mean, period) => [String(period), formatPercent(mean)]),
        })}
        headline={headline}
        draw={({ data }) => drawCurves(data, palette)}
        chart="curves"
      >
        {({ data, provenance }) => (
          <RetentionCurves
            data={data}
            zone={provenance.timezone}
            label={RETENTION.curvesHeadline(headline({ data }))}
          />
        )}
      </ReportCard>
    </ViewFrame>
  );
}
