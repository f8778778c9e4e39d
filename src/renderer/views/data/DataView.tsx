import { useState } from 'react';
import { ViewFrame } from '../../frame/ViewFrame';
import { ColumnsTab } from './ColumnsTab';
import { EventsTab } from './EventsTab';
import { IndexesTab, QualityTab } from './DataTabs';
import { MappingTab } from './MappingTab';

const TABS = {
  events: 'Events',
  mapping: 'Mapping',
  columns: 'Columns',
  quality: 'Quality',
  indexes: 'Indexes',
} as const;
type Tab = keyof typeof TABS;

/** What the database holds and in which shape it is. */
export function DataView(): React.JSX.Element {
  const [tab, setTab] = useState<Tab>('events');
  return (
    <ViewFrame view="data">
      <div className="wm-tabs is-across" role="tablist" aria-label="Data">
        {(Object.keys(TABS) as Tab[]).map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={tab === name}
            onClick={() => setTab(name)}
          >
            {TABS[name]}
          </button>
        ))}
      </div>
      {tab === 'events' && <EventsTab />}
      {tab === 'mapping' && <MappingTab />}
      {tab === 'columns' && <ColumnsTab />}
      {tab === 'quality' && <QualityTab />}
      {tab === 'indexes' && <IndexesTab />}
    </ViewFrame>
  );
}
