import { Button } from '@blueprintjs/core';
import { useState } from 'react';
import { ViewFrame } from '../../frame/ViewFrame';
import { openView } from '../../state/place';
import { useIsSample } from '../../state/workspace';
import { ColumnsTab } from './ColumnsTab';
import { EventsTab } from './EventsTab';
import { IndexesTab, QualityTab } from './DataTabs';
import { MappingTab } from './MappingTab';
import { DATA } from '../../text/data';
import { WORDS } from '../../text/words';

const TABS = {
  events: WORDS.events,
  mapping: WORDS.mapping,
  columns: WORDS.columns,
  quality: DATA.quality,
  indexes: DATA.indexes,
} as const;
type Tab = keyof typeof TABS;

/** What the sample shop, which is no database, has nothing to say about. */
const NEEDS_DATABASE: Readonly<Partial<Record<Tab, string>>> = {
  mapping: DATA.sampleHasNoMapping,
  quality: DATA.sampleHasNoFindings,
  indexes: DATA.sampleHasNoIndexes,
};

/** A tab without anything to see, and how to see something. */
function NothingHere({ title, text }: { title: string; text: string }): React.JSX.Element {
  return (
    <section className="wm-card" aria-label={title}>
      <div className="wm-state">
        <p>{text}</p>
        <div className="wm-state-actions">
          <Button size="small" text={DATA.connectToADatabase} onClick={() => openView('connections')} />
        </div>
      </div>
    </section>
  );
}

/** What the database holds and in which shape it is. */
export function DataView(): React.JSX.Element {
  const [tab, setTab] = useState<Tab>('events');
  const isSample = useIsSample();
  const nothing = isSample ? NEEDS_DATABASE[tab] : undefined;
  return (
    <ViewFrame view="data">
      <div className="wm-tabs is-across" role="tablist" aria-label={DATA.data}>
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
      {nothing !== undefined && <NothingHere title={TABS[tab]} text={nothing} />}
      {tab === 'events' && <EventsTab />}
      {tab === 'mapping' && !isSample && <MappingTab />}
      {tab === 'columns' && <ColumnsTab />}
      {tab === 'quality' && !isSample && <QualityTab />}
      {tab === 'indexes' && !isSample && <IndexesTab />}
    </ViewFrame>
  );
}
