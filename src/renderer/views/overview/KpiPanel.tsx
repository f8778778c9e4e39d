import { KPI_NAMES, type KpiName, type ReportInput } from '../../../shared/reports/report';
import { useTrendDraft } from './trendDraft';
import { KpiActions } from './KpiActions';
import { KpiCards, KPIS } from '../../chart/KpiCards';
import { Outcome, UpdatingBar, UpdatingNote } from '../../chart/CardStates';
import { useShownReport } from '../../state/currentReport';
import { openDrawer } from '../../state/drawer';
import { useScope } from '../../state/place';
import { useReportTitle } from '../../state/reportTitles';
import { useReport } from '../../state/runs';
import type { ReportBase } from '../../state/useReportBase';
import { OVERVIEW } from '../../text/overview';

export const KPI_SLOT = 'overview.kpis';
const NAME = OVERVIEW.keyFigures;

/** What the list behind each KPI holds; a rate opens the users it speaks of. */
const LISTS: Readonly<Record<KpiName, string>> = {
  users: OVERVIEW.usersListed,
  newUsers: OVERVIEW.newUsers,
  sessions: OVERVIEW.withSessions,
  events: OVERVIEW.withEvents,
  pageViews: OVERVIEW.withPageViews,
  purchases: OVERVIEW.withPurchases,
  bounceRate: OVERVIEW.withABounce,
  meanSessionSeconds: OVERVIEW.withSessions,
  medianSessionSeconds: OVERVIEW.withSessions,
  stickiness: OVERVIEW.ofThirtyDays,
};

/** The ten key figures, compared with the earlier period. */
export function KpiPanel({ base }: { base: ReportBase }): React.JSX.Element {
  const { compare } = useScope();
  const report: ReportInput & { kind: 'kpis' } = {
    ...base,
    kind: 'kpis',
    title: useReportTitle('kpis', NAME),
    compare,
  };
  useShownReport(report, !useTrendDraft((state) => state.isOpened));
  const run = useReport(KPI_SLOT, report);
  if (!run.answer) {
    return run.outcome !== null ? (
      <section className="wm-card" aria-label={NAME}>
        <Outcome name={NAME} slot={KPI_SLOT} run={run} />
      </section>
    ) : (
      <section className="wm-kpis" aria-label={NAME} aria-busy>
        {KPI_NAMES.map((name) => (
          <div key={name} className="wm-kpi" role="group" aria-label={KPIS[name].label}>
            <div className="wm-kpi-button">
              <span className="wm-kpi-label">{KPIS[name].label}</span>
              <span className="wm-skeleton" style={{ minHeight: 0, flex: 'none' }}>
                <i style={{ width: '60%', height: 24 }} />
              </span>
            </div>
          </div>
        ))}
      </section>
    );
  }
  const asked = run.answered;
  return (
    <section aria-label={NAME} aria-busy={run.isBusy} className="wm-kpi-panel">
      <UpdatingBar slot={KPI_SLOT} />
      <Outcome name={NAME} slot={KPI_SLOT} run={run} />
      <KpiActions title={NAME} run={run}>
        <UpdatingNote name={NAME} slot={KPI_SLOT} run={run} />
      </KpiActions>
      <KpiCards
        data={run.answer.data}
        onOpen={(name) => {
          if (asked?.kind !== 'kpis') return;
          openDrawer({ kind: 'users', what: LISTS[name], report: { ...asked, users: { kpi: name } } });
        }}
      />
    </section>
  );
}
