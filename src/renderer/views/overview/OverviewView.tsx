import { useReportBase } from '../../state/useReportBase';
import { ViewFrame } from '../../frame/ViewFrame';
import { UsersCard } from '../users/UsersCard';
import { HeatCard } from './HeatCard';
import { KpiPanel } from './KpiPanel';
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

/** What happened: key figures, trend, rhythm, and what holds most of it. */
export function OverviewView(): React.JSX.Element {
  const base = useReportBase();
  return (
    <ViewFrame view="overview">
      <KpiPanel base={base} />
      <div className="wm-grid wm-overview">
        <TrendCard base={base} className="wm-c8 is-first" height={300} />
        <HeatCard base={base} className="wm-c4 is-second" height={300} />
        <RankCard ranking={EVENTS} base={base} className="wm-c4" />
        <RankCard ranking={PAGES} base={base} className="wm-c4" />
        <RankCard ranking={PLACES} base={base} className="wm-c4" />
      </div>
      <UsersCard base={base} slot="overview.users" height={420} />
    </ViewFrame>
  );
}
