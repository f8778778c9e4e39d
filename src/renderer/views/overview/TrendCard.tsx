import { HTMLSelect } from '@blueprintjs/core';
import { resolveRange } from '../../../shared/time/range';
import type { TrendData } from '../../../shared/reports/result';
import { bucketEnd, naturalInterval } from '../../chart/axis';
import { drawSvg } from '../../chart/plotly';
import { ReportCard } from '../../chart/ReportCard';
import { describeTrend, TrendChart } from '../../chart/TrendChart';
import type { TableModel } from '../../chart/tableModel';
import { EventButton } from '../../filters/EventButton';
import { fieldLabel } from '../../filters/fields';
import { useFields } from '../../filters/useFields';
import { formatFigure, type FigureKind } from '../../format/number';
import { formatBucket } from '../../format/time';
import { useNow } from '../../frame/useNow';
import { useShownReport } from '../../state/currentReport';
import { openDrawer } from '../../state/drawer';
import { useLibrary } from '../../state/library';
import { changeScope, useScope } from '../../state/place';
import { useReportTitle } from '../../state/reportTitles';
import { useReport } from '../../state/runs';
import type { ReportBase } from '../../state/useReportBase';
import { usePalette, type Palette } from '../../theme/palette';
import { seriesColour } from '../../theme/seriesColour';
import { CARD } from '../../text/cards';
import { figureKind, measureKey, measureName, SIMPLE_MEASURES } from './measure';
import { trendReport, useTrendDraft, type IntervalName } from './trendDraft';
import { OVERVIEW } from '../../text/overview';
import { WORDS } from '../../text/words';

const INTERVALS = { hour: OVERVIEW.hour, day: WORDS.day, week: WORDS.week, month: WORDS.month } as const;

/** A trend's rows: one for each bucket and series, in the answer's order. */
export function trendTable(
  data: TrendData,
  zone: string,
  name: string,
  unique: boolean,
  kind: FigureKind = 'count',
): TableModel {
  const compares = data.series.some((series) => series.points.some((point) => point.previous !== undefined));
  const single = data.series.length === 1;
  return {
    columns: [
      { label: WORDS.time },
      ...(single ? [] : [{ label: WORDS.value }]),
      { label: name, end: true },
      ...(compares ? [{ label: OVERVIEW.previous, end: true }] : []),
      { label: '' },
    ],
    rows: data.series.flatMap((series) =>
      series.points.map((point) => [
        formatBucket(point.at, data.interval, zone),
        ...(single ? [] : [series.key]),
        formatFigure(point.value, kind),
        ...(compares ? [formatFigure(point.previous, kind)] : []),
        point.complete ? '' : CARD.incomplete,
      ]),
    ),
    ...(unique ? { note: CARD.uniquesDoNotAddUp } : {}),
  };
}

/** The trend as a picture for files, with a legend when it has several lines. */
export async function drawTrend(
  data: TrendData,
  options: { name: string; kind: FigureKind; field: string; zone: string; palette: Palette },
): Promise<{ svg: string; width: number; height: number }> {
  const { name, kind, field, zone, palette } = options;
  const lines = data.series.map((series) => ({
    series,
    label: data.series.length === 1 ? name : series.key,
    colour: data.series.length === 1 ? palette.accent : seriesColour(palette, field, series.key),
  }));
  const frame = { width: 960, height: 400, left: 56, right: lines.length > 1 ? 150 : 16, top: 8, bottom: 48 };
  const { traces, layout } = describeTrend(data, lines, { kind, zone, frame, palette });
  const svg = await drawSvg(traces, { ...layout, showlegend: lines.length > 1 }, frame.width, frame.height);
  return { svg, width: frame.width, height: frame.height };
}

const chooseAt = (interval: TrendData['interval'], at: string, zone: string): string =>
  OVERVIEW.at(formatBucket(at, interval, zone));

/** Users, sessions or events over time, broken down on demand. */
export function TrendCard({
  base,
  className,
  height,
}: {
  base: ReportBase;
  className: string;
  height: number;
}): React.JSX.Element {
  const { compare } = useScope();
  const palette = usePalette();
  const now = useNow();
  const fields = useFields();
  const annotations = useLibrary((state) => state.library.annotations);
  const draft = useTrendDraft();
  const { measure, breakdown, interval, event } = draft;
  const { from, to } = resolveRange(base.range, now);
  const report = trendReport(draft, base, {
    interval: naturalInterval(to - from),
    compare,
    title: useReportTitle('trend', WORDS.trend),
  });
  useShownReport(report, draft.isOpened);
  const run = useReport('overview.trend', report);
  const name = measureName(measure);
  const title = WORDS.trend;
  return (
    <ReportCard
      title={title}
      slot="overview.trend"
      run={run}
      className={className}
      height={height}
      controls={
        <>
          {event !== '*' && (
            <EventButton
              label={OVERVIEW.eventOfTheTrend}
              value={event}
              any
              onPick={(picked) => useTrendDraft.setState({ event: picked })}
              onClear={() => useTrendDraft.setState({ event: '*' })}
            />
          )}
          <HTMLSelect
            minimal
            aria-label={OVERVIEW.measure}
            value={measureKey(measure)}
            onChange={(change) => {
              const chosen = SIMPLE_MEASURES.find((name) => name === change.target.value);
              if (chosen !== undefined) useTrendDraft.setState({ measure: chosen });
            }}
            options={[...SIMPLE_MEASURES, ...(typeof measure === 'string' ? [] : [measure])].map((value) => ({
              value: measureKey(value),
              label: measureName(value),
            }))}
          />
          <HTMLSelect
            minimal
            aria-label={OVERVIEW.breakDownBy}
            value={breakdown}
            onChange={(change) => useTrendDraft.setState({ breakdown: change.target.value })}
          >
            <option value="">{OVERVIEW.noBreakdown}</option>
            {fields
              .filter(({ value }) => !['userId', 'sessionId', 'durationSec', 'page.url'].includes(value))
              .map(({ value, label }) => (
                <option key={value} value={value}>
                  {OVERVIEW.byField(label)}
                </option>
              ))}
          </HTMLSelect>
          <HTMLSelect
            minimal
            aria-label={WORDS.interval}
            value={interval}
            onChange={(change) =>
              useTrendDraft.setState({ interval: change.target.value as IntervalName | 'auto' })
            }
          >
            <option value="auto">{OVERVIEW.auto}</option>
            {interval === 'hourOfWeek' && <option value="hourOfWeek">{OVERVIEW.hourOfTheWeek}</option>}
            {Object.entries(INTERVALS).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </HTMLSelect>
        </>
      }
      isEmpty={({ data }) => data.series.every((series) => !series.total)}
      table={({ data, provenance }) =>
        trendTable(
          data,
          provenance.timezone,
          name,
          measure === 'users' || measure === 'sessions',
          figureKind(measure),
        )
      }
      headline={({ data }) =>
        data.series.length === 1
          ? `${formatFigure(data.series[0]?.total, figureKind(measure))} ${name.toLowerCase()}`
          : OVERVIEW.countValues(data.series.length, fieldLabel(breakdown))
      }
      draw={({ data, provenance }) =>
        drawTrend(data, {
          name,
          kind: figureKind(measure),
          field: breakdown,
          zone: provenance.timezone,
          palette,
        })
      }
      chart="trend"
    >
      {({ data, provenance }) => {
        const zone = provenance.timezone;
        const asked = run.answered;
        return (
          <TrendChart
            data={data}
            name={name}
            kind={figureKind(measure)}
            field={asked?.kind === 'trend' ? (asked.breakdown ?? '') : ''}
            zone={zone}
            label={`${title}: ${name}`}
            notes={annotations}
            onPick={(at, series) => {
              if (asked?.kind !== 'trend') return;
              openDrawer({
                kind: 'users',
                what: OVERVIEW.usersAt(
                  series === undefined ? '' : OVERVIEW.withSeries(series),
                  chooseAt(data.interval, at, zone),
                ),
                report: { ...asked, users: { at, ...(series === undefined ? {} : { series }) } },
              });
            }}
            onRange={(first, last) =>
              changeScope({
                range: {
                  from: new Date(Date.parse(first)).toISOString(),
                  to: new Date(bucketEnd(last, data.interval, zone)).toISOString(),
                },
              })
            }
          />
        );
      }}
    </ReportCard>
  );
}
