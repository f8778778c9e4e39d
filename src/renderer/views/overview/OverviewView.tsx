import { useState, type ReactNode } from 'react';
import { useRuns } from '../../state/runs';
import type { KpisData } from '../../../shared/reports/result';
import { useReportBase } from '../../state/useReportBase';
import { ViewFrame } from '../../frame/ViewFrame';
import { UsersCard } from '../users/UsersCard';
import { FIRST_USERS } from '../users/usersDraft';
import { HeatCard } from './HeatCard';
import { KPI_SLOT, KpiPanel } from './KpiPanel';
import { RankCard, type Ranking } from './RankCard';
import { TrendCard } from './TrendCard';
import { OVERVIEW } from '../../text/overview';

const EVENTS: Ranking = {
  title: OVERVIEW.topEvents,
  slot: 'overview.events',
  measure: 'events',
  fields: ['eventType'],
};
const PAGES: Ranking = {
  title: OVERVIEW.topPages,
  slot: 'overview.pages',
  measure: 'events',
  fields: ['page.path'],
  onlyPageViews: true,
};
const PLACES: Ranking = {
  title: OVERVIEW.places,
  slot: 'overview.places',
  measure: 'users',
  fields: ['country', 'device', 'browser', 'os'],
};

/** How far the key figures are, for whoever drives the window. */
function overviewState({ runs }: ReturnType<typeof useRuns.getState>): string {
  const run = runs[KPI_SLOT];
  if (run === undefined || run.running !== null) return 'loading';
  const { outcome, answer } = run.shown;
  if (outcome !== null) return outcome === 'failed' ? 'error' : outcome;
  if (answer?.kind !== 'kpis') return 'loading';
  return (answer.data as KpisData).events === 0 ? 'empty' : 'ready';
}

/** Tells the state of what it holds, without drawing that again. */
function Driven({ children }: { children: ReactNode }): React.JSX.Element {
  return (
    <div data-testid="overview" data-state={useRuns(overviewState)} className="wm-kpi-panel">
      {children}
    </div>
  );
}

/** What happened: key figures, trend, rhythm, and what holds most of it. */
export function OverviewView(): React.JSX.Element {
  const base = useReportBase();
  const [users, setUsers] = useState(FIRST_USERS);
  return (
    <ViewFrame view="overview">
      <Driven>
        <KpiPanel base={base} />
      </Driven>
      <div className="wm-grid wm-overview">
        <TrendCard base={base} className="wm-c8 is-first" height={300} />
        <HeatCard base={base} className="wm-c4 is-second" height={300} />
        <RankCard ranking={EVENTS} base={base} className="wm-c4" />
        <RankCard ranking={PAGES} base={base} className="wm-c4" />
        <RankCard ranking={PLACES} base={base} className="wm-c4" />
      </div>
      <UsersCard
        base={base}
        slot="overview.users"
        height={420}
        draft={users}
        onChange={(change) => setUsers({ ...users, ...change })}
      />
    </ViewFrame>
  );
}
