import { useState } from 'react';
import { formatExact, formatPercent, UNKNOWN } from '../../format/number';
import { formatDateTime } from '../../format/time';
import { addFilter, openView } from '../../state/place';
import { valueFilter } from '../../state/scope';
import { useWorkspace } from '../../state/workspace';
import { useZone } from '../../state/zone';
import { Inspected } from './Inspected';
import { useInspection } from './useInspection';
import { TableHead } from '../../chart/TableHead';
import { DATA } from '../../text/data';
import { WORDS } from '../../text/words';

function Properties({ event }: { event: string }): React.JSX.Element {
  const inspection = useInspection('inspect.properties', { event });
  return (
    <Inspected title={event} inspection={inspection} className="wm-c4">
      {({ sampled, properties }) => (
        <>
          <p className="wm-card-note">{DATA.ofSampled(formatExact(sampled))}</p>
          <div className="wm-table-wrap" tabIndex={0}>
            <table className="wm-table">
              <TableHead columns={[DATA.property, DATA.typeExample, { label: WORDS.share, end: true }]} />
              <tbody>
                {properties.map(({ field, types, share, examples }) => (
                  <tr key={field}>
                    <td title={field}>{field.replace(/^properties\./, '')}</td>
                    <td title={examples.join(', ')}>
                      <span className={types.length > 1 ? 'wm-warn' : 'wm-muted'}>{types.join(' | ')}</span>{' '}
                      {examples.join(', ')}
                    </td>
                    <td className="is-end">{formatPercent(share)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {properties.length === 0 && <p className="wm-state">{DATA.noProperties}</p>}
          <p className="wm-card-note">
            <button
              type="button"
              className="wm-link"
              onClick={() => {
                openView('overview');
                addFilter(valueFilter('eventType', event));
              }}
            >
              {DATA.showInOverview}
            </button>
          </p>
        </>
      )}
    </Inspected>
  );
}

/** The catalogue of events, with the properties of the one chosen. */
export function EventsTab(): React.JSX.Element {
  const zone = useZone();
  const database = useWorkspace((state) => state.status.database);
  const inspection = useInspection('inspect.events', {});
  const [chosen, setChosen] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const events = inspection.answer?.events ?? [];
  const current = chosen ?? events[0]?.event ?? null;
  const needle = search.trim().toLowerCase();
  const when = (at: string | null): string => (at === null ? UNKNOWN : formatDateTime(at, zone));
  return (
    <div className="wm-grid wm-data">
      <Inspected title={DATA.eventCatalogue} inspection={inspection} className="wm-c8">
        {() =>
          events.length === 0 ? (
            <p className="wm-state">{DATA.noCollections(database ?? '')}</p>
          ) : (
            <>
              <div className="wm-drawer-tools">
                <input
                  className="bp6-input"
                  type="search"
                  aria-label={DATA.searchEvents}
                  placeholder={WORDS.search}
                  value={search}
                  onChange={(event) => setSearch(event.target.value)}
                />
              </div>
              <div className="wm-table-wrap" tabIndex={0}>
                <table className="wm-table">
                  <TableHead
                    columns={[
                      WORDS.event,
                      { label: WORDS.count, end: true },
                      { label: DATA.firstSeen, end: true },
                      { label: DATA.lastSeen, end: true },
                    ]}
                  />
                  <tbody>
                    {events
                      .filter(({ event }) => event.toLowerCase().includes(needle))
                      .map(({ event, count, firstSeen, lastSeen }) => (
                        <tr
                          key={event}
                          className={event === current ? 'is-open is-current' : 'is-open'}
                          onClick={() => setChosen(event)}
                        >
                          <td>
                            <button type="button" className="wm-link" aria-pressed={event === current}>
                              {event}
                            </button>
                          </td>
                          <td className="is-end">{formatExact(count)}</td>
                          <td className="is-end">{when(firstSeen)}</td>
                          <td className="is-end">{when(lastSeen)}</td>
                        </tr>
                      ))}
                  </tbody>
                </table>
              </div>
            </>
          )
        }
      </Inspected>
      {current !== null && <Properties key={current} event={current} />}
    </div>
  );
}
