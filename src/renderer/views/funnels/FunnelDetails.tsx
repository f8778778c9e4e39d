import { HTMLSelect, SegmentedControl } from '@blueprintjs/core';
import { useState } from 'react';
import type { FunnelData, TrendData } from '../../../shared/reports/result';
import { BarChart, describeBars } from '../../chart/BarChart';
import type { CsvRows } from '../../chart/exportCard';
import { drawSvg } from '../../chart/plotly';
import { ReportCard } from '../../chart/ReportCard';
import type { TableModel } from '../../chart/tableModel';
import { TooltipBody, type TooltipRow } from '../../chart/Tooltip';
import { TrendChart } from '../../chart/TrendChart';
import { formatDuration, formatExact, formatPercent } from '../../format/number';
import { formatBucket } from '../../format/time';
import { useLibrary } from '../../state/library';
import type { ShownRun } from '../../state/runs';
import { usePalette } from '../../theme/palette';
import { CARD } from '../../text/cards';
import { drawTrend } from '../overview/TrendCard';
import { conversionLines, rateOf, type Shown } from './conversionLines';
import { WORDS } from '../../text/words';
import { FUNNELS } from '../../text/funnels';

type Tab = 'trend' | 'activity' | 'time';
const TITLES = {
  trend: FUNNELS.conversionTrend,
  activity: FUNNELS.activity,
  time: FUNNELS.timeToConvert,
} as const;

/** Events of each step over time. */
function activityLines(data: FunnelData, interval: TrendData['interval']): TrendData {
  return {
    interval,
    series: data.steps.map((step, index) => ({
      key: `${index + 1} ${step.label}`,
      total: null,
      points: data.timeline.map(({ at, counts }, bucket) => ({
        at,
        value: counts[index] ?? 0,
        complete: data.trend[bucket]?.complete ?? true,
      })),
    })),
  };
}

/** Of how many a bucket's rate is. */
const countsOf = (point: FunnelData['trend'][number] | undefined): readonly TooltipRow[] => [
  { name: FUNNELS.enteredLine, value: formatExact(point?.entrants) },
  { name: WORDS.converted, value: formatExact(point?.converted) },
];

const classLabel = (entry: FunnelData['timeToConvert'][number]): string =>
  `${formatDuration(entry.fromSeconds)} – ${formatDuration(entry.toSeconds)}`;

function tableOf(data: FunnelData, tab: Tab, interval: TrendData['interval'], zone: string): TableModel {
  if (tab === 'time') {
    return {
      columns: [{ label: WORDS.time }, { label: WORDS.users, end: true }],
      rows: data.timeToConvert.map((entry) => [classLabel(entry), formatExact(entry.users)]),
    };
  }
  const lines = tab === 'trend' ? conversionLines(data, interval, 'counts') : activityLines(data, interval);
  const isTrend = tab === 'trend';
  return {
    columns: [
      { label: WORDS.time },
      ...lines.series.map((series) => ({ label: series.key, end: true })),
      ...(isTrend ? [{ label: FUNNELS.rate, end: true }, { label: '' }] : []),
    ],
    rows: (lines.series[0]?.points ?? []).map((point, index) => [
      formatBucket(point.at, interval, zone),
      ...lines.series.map((series) => formatExact(series.points[index]?.value)),
      ...(isTrend ? [formatPercent(rateOf(data.trend[index])), point.complete ? '' : CARD.incomplete] : []),
    ]),
  };
}

/** The figures of a tab as they are. */
function rowsOf(data: FunnelData, tab: Tab): CsvRows {
  if (tab === 'time') {
    return [
      ['fromSeconds', 'toSeconds', 'users'],
      ...data.timeToConvert.map(({ fromSeconds, toSeconds, users }) => [fromSeconds, toSeconds, users]),
    ];
  }
  if (tab === 'trend') {
    return [
      ['at', 'entrants', 'converted', 'complete'],
      ...data.trend.map(({ at, entrants, converted, complete }) => [at, entrants, converted, complete]),
    ];
  }
  return [
    ['at', ...data.steps.map((step, index) => `${index + 1} ${step.label}`)],
    ...data.timeline.map(({ at, counts }) => [at, ...counts]),
  ];
}

/** How a funnel went over time, and how long it took. */
export function FunnelDetails({
  run,
  slot,
  compared,
}: {
  run: ShownRun<'funnel'>;
  slot: string;
  /** The funnel it is compared with. */
  compared: FunnelData | null;
}): React.JSX.Element {
  const [tab, setTab] = useState<Tab>('trend');
  const [shown, setShown] = useState<Shown>('rate');
  const palette = usePalette();
  const annotations = useLibrary((state) => state.library.annotations);
  const title = TITLES[tab];
  const asked = run.answered;
  const interval = asked?.kind === 'funnel' ? (asked.interval ?? 'day') : 'day';
  const isRate = tab === 'trend' && shown === 'rate';
  const kind = isRate ? 'rate' : 'count';
  const name = isRate ? FUNNELS.rate : title;
  const linesOf = (data: FunnelData): TrendData =>
    tab === 'trend' ? conversionLines(data, interval, shown, compared) : activityLines(data, interval);
  return (
    <ReportCard
      title={title}
      slot={slot}
      run={run}
      height={300}
      controls={
        <>
          {tab === 'trend' && (
            <HTMLSelect
              minimal
              aria-label={FUNNELS.show}
              value={shown}
              onChange={(event) => setShown(event.target.value === 'rate' ? 'rate' : 'counts')}
              options={[
                { value: 'rate', label: FUNNELS.rate },
                { value: 'counts', label: FUNNELS.counts },
              ]}
            />
          )}
          <SegmentedControl
            size="small"
            value={tab}
            onValueChange={(value) => setTab(value as Tab)}
            options={[
              { value: 'trend', label: WORDS.trend },
              { value: 'activity', label: FUNNELS.activity },
              { value: 'time', label: FUNNELS.timeToConvert },
            ]}
          />
        </>
      }
      table={({ data, provenance }) => tableOf(data, tab, interval, provenance.timezone)}
      csv={({ data }) => rowsOf(data, tab)}
      isEmpty={({ data }) => data.entrants === 0}
      headline={({ data }) =>
        FUNNELS.howManyConverted(formatExact(data.converted), formatExact(data.entrants))
      }
      draw={async ({ data, provenance }) => {
        const zone = provenance.timezone;
        if (tab !== 'time') {
          return drawTrend(linesOf(data), { name, kind, field: `funnel.${tab}`, zone, palette });
        }
        const frame = { width: 960, height: 400, left: 56, right: 16, top: 8, bottom: 48 };
        const bars = data.timeToConvert.map((entry) => ({
          label: formatDuration(entry.fromSeconds),
          value: entry.users,
        }));
        const { traces, layout } = describeBars(bars, { frame, palette, axisTitle: FUNNELS.timeToConvert });
        return {
          svg: await drawSvg(traces, layout, frame.width, frame.height),
          width: frame.width,
          height: frame.height,
        };
      }}
    >
      {({ data, provenance }) =>
        tab === 'time' ? (
          data.timeToConvert.length === 0 ? (
            <div className="wm-state">{FUNNELS.nobodyConverted}</div>
          ) : (
            <BarChart
              bars={data.timeToConvert.map((entry) => ({
                label: formatDuration(entry.fromSeconds),
                value: entry.users,
              }))}
              label={FUNNELS.titleConverted(title, formatExact(data.converted))}
              axisTitle={FUNNELS.timeToConvert}
              tooltip={(index) => {
                const entry = data.timeToConvert[index];
                return (
                  entry && (
                    <TooltipBody
                      title={classLabel(entry)}
                      complete
                      rows={[{ name: WORDS.users, colour: palette.accent, value: formatExact(entry.users) }]}
                      picks={false}
                    />
                  )
                );
              }}
            />
          )
        ) : (
          <TrendChart
            key={`${tab} ${kind}`}
            data={linesOf(data)}
            name={name}
            kind={kind}
            {...(isRate ? { facts: (index: number) => countsOf(data.trend[index]) } : {})}
            field={`funnel.${tab}`}
            zone={provenance.timezone}
            notes={annotations}
            label={FUNNELS.titleHowManyConverted(
              title,
              formatExact(data.converted),
              formatExact(data.entrants),
            )}
          />
        )
      }
    </ReportCard>
  );
}
