import { useState } from 'react';
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

const EVENTS: Ranking = {
  title: 'Top events',
  slot: 'overview.events',
  measure: 'events',
  fields: ['eventType'],
};
const PAGES: Ranking = {
  title: 'Top pages',
  slot: 'overview.pages',
  measure: 'events',
  fields: ['page.path'],
  onlyPageViews: true,
};
const PLACES: Ranking = {
  title: 'Places',
  slot: 'overview.places',
  measure: 'users',
  fields: ['country', 'device', 'browser', 'os'],
};

/** How far the key figures are, for whoever drives the window. */
function overviewState({ runs }: ReturnType<typeof useRuns.getState>): string {
  const run = runs[KPI_SLOT];
  if (run?.state === 'failed') return 'error';
  if (run?.state === 'cancelled') return 'cancelled';
  if (run?.state !== 'done' || run.answer?.kind !== 'kpis') return 'loading';
  return (run.answer.data as KpisData).events === 0 ? 'empty' : 'ready';
}

/** What happened: key figures, trend, rhythm, and what holds most of it. */
export function OverviewView(): React.JSX.Element {
  const base = useReportBase();
  const state = useRuns(overviewState);
  const [users, setUsers] = useState(FIRST_USERS);
  return (
    <ViewFrame view="overview">
      <div data-testid="overview" data-state={state} className="wm-kpi-panel">
        <KpiPanel base={base} />
      </div>
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
