import { createElement, type ReactNode } from 'react';
import type { Filter } from '../../../shared/reports/filters';
import type { ReportInput, ReportKind } from '../../../shared/reports/report';
import type { AnyResult } from '../../../shared/reports/result';
import type { RangeInput } from '../../../shared/time/range';
import { BarList } from '../../chart/BarList';
import { drawElement } from '../../chart/drawElement';
import type { Drawn } from '../../chart/exportCard';
import { HeatMap, HeatPicture } from '../../chart/HeatMap';
import { drawRows } from '../../chart/picture';
import { KpiCards, KPIS } from '../../chart/KpiCards';
import { drawKpis, kpiTable } from '../../chart/kpiTable';
import { ReportCard } from '../../chart/ReportCard';
import type { TableModel } from '../../chart/tableModel';
import { TrendChart } from '../../chart/TrendChart';
import type { Annotation, DashboardCard } from '../../../shared/ipc/library';
import { formatExact, formatFigure } from '../../format/number';
import { useLibrary } from '../../state/library';
import { useReport } from '../../state/runs';
import { openDrawer } from '../../state/drawer';
import { usePalette, type Palette } from '../../theme/palette';
import { FunnelBars, FunnelPicture } from '../funnels/FunnelBars';
import { funnelTable } from '../funnels/funnelTable';
import { rankRows } from '../overview/RankCard';
import { figureKind, measureName } from '../overview/measure';
import type { Measure } from '../overview/trendDraft';
import { drawTrend, trendTable } from '../overview/TrendCard';
import { pathsTable } from '../paths/pathsTable';
import { Sankey } from '../paths/Sankey';
import { drawSankey } from '../paths/SankeyDrawing';
import { drawCurves, RetentionCurves } from '../retention/RetentionCurves';
import { RetentionGrid } from '../retention/RetentionGrid';
import { drawRetention } from '../retention/RetentionPicture';
import { retentionTable } from '../retention/retentionTable';
import { WORDS } from '../../text/words';
import { DASHBOARDS } from '../../text/dashboards';
import { USERS } from '../../text/users';

interface Shown {
  readonly table: TableModel;
  readonly headline: string;
  readonly draw: () => Promise<Drawn>;
  readonly chart: ReactNode;
}

/** How an answer looks on a dashboard: the chart it was pinned as, its table, its picture. */
function showAnswer(
  answer: AnyResult,
  report: ReportInput,
  chart: string,
  palette: Palette,
  title: string,
  notes: readonly Annotation[],
): Shown {
  const zone = answer.provenance.timezone;
  const list = (what: string, change: object): void =>
    openDrawer({ kind: 'users', what, report: { ...report, ...change } as ReportInput });
  switch (answer.kind) {
    case 'kpis':
      return {
        table: kpiTable(answer.data),
        headline: USERS.countUsers(formatExact(answer.data.users)),
        draw: () => Promise.resolve(drawKpis(answer.data, palette)),
        chart: (
          <KpiCards
            data={answer.data}
            onOpen={(name) => list(`users: ${KPIS[name].label}`, { users: { kpi: name } })}
          />
        ),
      };
    case 'trend': {
      const { data } = answer;
      const asked = report.kind === 'trend' ? report : undefined;
      const measure: Measure = asked?.measure ?? 'events';
      const name = measureName(measure);
      const field = asked?.breakdown ?? '';
      const kind = figureKind(measure);
      const table = trendTable(data, zone, name, measure === 'users', kind);
      const headline = `${formatFigure(data.series[0]?.total, kind)} ${name.toLowerCase()}`;
      const label = `${title}: ${headline}`;
      if (chart === 'heat') {
        return {
          table,
          headline,
          draw: () =>
            Promise.resolve(
              drawElement(
                createElement(HeatPicture, { data, zone, palette, width: 720, height: 300 }),
                720,
                300,
              ),
            ),
          chart: (
            <HeatMap
              data={data}
              zone={zone}
              name={name}
              label={label}
              onPick={(at) => list('users', { users: { at } })}
            />
          ),
        };
      }
      if (chart.startsWith('rank:')) {
        const rows = rankRows(data, measure === 'users' ? 'users' : 'events', palette);
        const most = Math.max(1, ...rows.map((row) => row.count));
        return {
          table: {
            columns: [{ label: WORDS.value }, { label: name, end: true }],
            rows: rows.map((row) => [row.label, formatExact(row.count)]),
          },
          headline,
          draw: () =>
            Promise.resolve(
              drawRows(
                rows.map((row) => ({
                  cells: [row.label, formatExact(row.count)],
                  share: row.count / most,
                  colour: row.colour,
                })),
                palette,
                560,
              ),
            ),
          chart: <BarList rows={rows} />,
        };
      }
      return {
        table,
        headline,
        draw: () => drawTrend(data, { name, kind, field, zone, palette }),
        chart: (
          <TrendChart
            data={data}
            name={name}
            kind={kind}
            field={field}
            zone={zone}
            label={label}
            notes={notes}
            onPick={(at, series) =>
              list('users', { users: { at, ...(series === undefined ? {} : { series }) } })
            }
          />
        ),
      };
    }
    case 'funnel': {
      const { data } = answer;
      const width = Math.max(640, data.steps.length * 140);
      return {
        table: funnelTable(data),
        headline: DASHBOARDS.howManyConverted(formatExact(data.converted), formatExact(data.entrants)),
        draw: () =>
          Promise.resolve(
            drawElement(createElement(FunnelPicture, { data, palette, width, height: 360 }), width, 360),
          ),
        chart: (
          <FunnelBars
            data={data}
            compared={null}
            unit={DASHBOARDS.usersBehind}
            compact={false}
            onOpen={(step, outcome) =>
              list(DASHBOARDS.usersOfStep(outcome, data.steps[step - 1]?.label ?? ''), {
                users: { step, outcome },
              })
            }
          />
        ),
      };
    }
    case 'retention': {
      const { data } = answer;
      const curves = chart === 'curves';
      return {
        table: retentionTable(data, zone),
        headline: DASHBOARDS.countCohorts(data.cohorts.length),
        draw: () =>
          curves ? drawCurves(data, palette) : Promise.resolve(drawRetention(data, zone, palette)),
        chart: curves ? (
          <RetentionCurves data={data} zone={zone} label={title} />
        ) : (
          <RetentionGrid
            data={data}
            zone={zone}
            shown="percent"
            palette={palette}
            hasBegun={() => true}
            onOpen={(cohort, period) => list('users', { users: { cohort, period } })}
          />
        ),
      };
    }
    case 'paths': {
      const { data } = answer;
      const by = report.kind === 'paths' ? (report.by ?? 'event') : 'event';
      return {
        table: pathsTable(data),
        headline: `${formatExact(data.units)} ${data.unit}s`,
        draw: () => Promise.resolve(drawSankey(data, by, palette)),
        chart: (
          <Sankey
            data={data}
            by={by}
            label={title}
            onNode={() => undefined}
            onUsers={(position, from, to) =>
              list('users', { users: { position, from, ...(to === undefined ? {} : { to }) } })
            }
          />
        ),
      };
    }
    default:
      return {
        table: { columns: [], rows: [] },
        headline: '',
        draw: () => Promise.reject(new Error('There is nothing to draw.')),
        chart: <p className="wm-state">{DASHBOARDS.thisReportHasNoChart}</p>,
      };
  }
}

/** A pinned chart: its report in the dashboard's range and with its filters, asked like any other. */
export function PinnedCard({
  card,
  range,
  filters,
  controls,
}: {
  card: DashboardCard;
  range: RangeInput | undefined;
  filters: readonly Filter[];
  controls?: ReactNode;
}): React.JSX.Element {
  const palette = usePalette();
  const annotations = useLibrary((state) => state.library.annotations);
  const slot = `dashboard.${card.id}`;
  const report = {
    ...card.report,
    ...(range ? { range } : {}),
    filters: [...(card.report.filters ?? []), ...filters],
  } as ReportInput & { kind: ReportKind };
  const run = useReport(slot, report);
  const title = card.report.title || WORDS.report;
  const show = (answer: unknown): Shown =>
    showAnswer(answer as AnyResult, run.answered ?? report, card.chart ?? '', palette, title, annotations);
  return (
    <ReportCard
      title={title}
      slot={slot}
      run={run}
      className="wm-pinned"
      controls={controls}
      table={(answer) => show(answer).table}
      headline={(answer) => show(answer).headline}
      draw={(answer) => show(answer).draw()}
    >
      {(answer) => show(answer).chart}
    </ReportCard>
  );
}
