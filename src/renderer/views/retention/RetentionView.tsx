import { Button, Checkbox, HTMLSelect, Popover, SegmentedControl } from '@blueprintjs/core';
import { createElement, useState } from 'react';
import type { RetentionData } from '../../../shared/reports/result';
import { drawElement } from '../../chart/drawElement';
import { ReportCard } from '../../chart/ReportCard';
import type { TableModel } from '../../chart/tableModel';
import { EventButton } from '../../filters/EventButton';
import { formatExact, formatPercent } from '../../format/number';
import { formatBucket } from '../../format/time';
import { ViewFrame } from '../../frame/ViewFrame';
import { useShownReport } from '../../state/currentReport';
import { openDrawer } from '../../state/drawer';
import { useReport } from '../../state/runs';
import { useReportBase } from '../../state/useReportBase';
import { usePalette } from '../../theme/palette';
import { CARD } from '../../text/words';
import { drawCurves, RetentionCurves } from './RetentionCurves';
import { RetentionGrid, RetentionPicture, retentionPictureSize, shareOf, type Shown } from './RetentionGrid';
import { changeRetention, retentionReport, useRetentionDraft, type RetentionDraft } from './retentionDraft';

const SLOT = 'retention.main';

/** The cohorts as rows. */
export const gridTable = (data: RetentionData, zone: string): TableModel => ({
  columns: [
    { label: 'Cohort' },
    { label: 'Size', end: true },
    { label: 'Period', end: true },
    { label: 'Users', end: true },
    { label: 'Share', end: true },
    { label: '' },
  ],
  rows: data.cohorts.flatMap(({ at, size, cells }) =>
    cells.map((cell) => [
      formatBucket(at, data.interval, zone),
      formatExact(size),
      String(cell.period),
      formatExact(cell.users),
      formatPercent(shareOf(cell.users, size)),
      cell.complete ? '' : CARD.incomplete,
    ]),
  ),
});

function Controls(): React.JSX.Element {
  const draft = useRetentionDraft((state) => state.draft);
  return (
    <section className="wm-toolbar" aria-label="Retention of">
      <span className="wm-inline">
        <span className="wm-caption">Start</span>
        <EventButton
          label="Start event"
          any
          value={draft.start}
          onPick={(start) => changeRetention({ start })}
        />
      </span>
      <span className="wm-inline">
        <span className="wm-caption">Return</span>
        <EventButton
          label="Return event"
          any
          value={draft.return}
          onPick={(event) => changeRetention({ return: event })}
        />
      </span>
      <label className="wm-inline">
        <span className="wm-caption">Interval</span>
        <HTMLSelect
          value={draft.interval}
          onChange={(event) =>
            changeRetention({ interval: event.target.value as RetentionDraft['interval'] })
          }
          options={[
            { value: 'day', label: 'Day' },
            { value: 'week', label: 'Week' },
            { value: 'month', label: 'Month' },
          ]}
        />
      </label>
      <label className="wm-inline">
        <span className="wm-caption">Rule</span>
        <HTMLSelect
          value={draft.rule}
          onChange={(event) => changeRetention({ rule: event.target.value as RetentionDraft['rule'] })}
          options={[
            { value: 'on', label: 'In the period' },
            { value: 'onOrAfter', label: 'In it or later' },
          ]}
        />
      </label>
      <Popover
        placement="bottom-end"
        content={
          <div className="wm-picker">
            <label className="wm-field">
              <span>Cohort</span>
              <HTMLSelect
                value={draft.cohort}
                onChange={(event) =>
                  changeRetention({ cohort: event.target.value as RetentionDraft['cohort'] })
                }
                options={[
                  { value: 'firstTime', label: 'By the first time ever' },
                  { value: 'recurring', label: 'By every period with a start' },
                ]}
              />
            </label>
            <label className="wm-field">
              <span>Periods</span>
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
              Rolling: 24 hours from each start
            </Checkbox>
          </div>
        }
      >
        <Button size="small" text="More" />
      </Popover>
    </section>
  );
}

/** Whether people come back. */
export function RetentionView(): React.JSX.Element {
  const base = useReportBase();
  const draft = useRetentionDraft((state) => state.draft);
  const palette = usePalette();
  const [shown, setShown] = useState<Shown>('percent');
  const report = retentionReport(draft, base);
  useShownReport(report);
  const run = useReport(SLOT, report, 150);
  const asked = run.answered;
  const isEmpty = ({ data }: { data: RetentionData }): boolean =>
    data.cohorts.every((cohort) => cohort.size === 0);
  const headline = ({ data }: { data: RetentionData }): string =>
    `${data.cohorts.length} cohorts, mean of period 1 ${formatPercent(data.mean[1])}`;
  const empty = (
    <div className="wm-state">
      <p>Nobody did {draft.start === '*' ? 'any event' : draft.start} in this range.</p>
    </div>
  );
  return (
    <ViewFrame view="retention">
      <Controls />
      <ReportCard
        title="Cohorts"
        slot={SLOT}
        run={run}
        flush
        controls={
          <SegmentedControl
            size="small"
            value={shown}
            onValueChange={(value) => setShown(value as Shown)}
            options={[
              { value: 'percent', label: 'Percent' },
              { value: 'users', label: 'Users' },
            ]}
          />
        }
        isEmpty={isEmpty}
        empty={empty}
        table={({ data, provenance }) => gridTable(data, provenance.timezone)}
        headline={headline}
        draw={({ data, provenance }) => {
          const { width, height } = retentionPictureSize(data);
          return Promise.resolve(
            drawElement(
              createElement(RetentionPicture, { data, zone: provenance.timezone, palette }),
              width,
              height,
            ),
          );
        }}
        chart="cohorts"
      >
        {({ data, provenance }) => (
          <RetentionGrid
            data={data}
            zone={provenance.timezone}
            shown={shown}
            palette={palette}
            onOpen={(at, period) => {
              if (asked?.kind !== 'retention') return;
              openDrawer({
                kind: 'users',
                what: `users of ${formatBucket(at, data.interval, provenance.timezone)}${period === 0 ? '' : ` who returned in ${data.interval} ${period}`}`,
                report: { ...asked, users: { cohort: at, period } },
              });
            }}
          />
        )}
      </ReportCard>
      <ReportCard
        title="Curves"
        slot={SLOT}
        run={run}
        height={260}
        isEmpty={isEmpty}
        empty={empty}
        table={({ data }) => ({
          columns: [{ label: 'Period' }, { label: 'Mean', end: true }],
          rows: data.mean.map((mean, period) => [String(period), formatPercent(mean)]),
        })}
        headline={headline}
        draw={({ data }) => drawCurves(data, palette)}
        chart="curves"
      >
        {({ data, provenance }) => (
          <RetentionCurves data={data} zone={provenance.timezone} label={`Curves: ${headline({ data })}`} />
        )}
      </ReportCard>
    </ViewFrame>
  );
}
