import type { MappingReport } from '../../../shared/ipc/inspection';
import { formatPercent, UNKNOWN } from '../../format/number';
import { formatDateTime } from '../../format/time';
import { useZone } from '../../state/zone';
import { TableHead } from '../../chart/TableHead';
import { WORDS } from '../../text/words';
import { DATA } from '../../text/data';

const text = (value: string | null): string => value ?? UNKNOWN;

/** What a mapping reads: each field with its source, how often it is there and an example, and some events. */
export function MappingPreview({ report }: { report: MappingReport }): React.JSX.Element {
  return (
    <div className="wm-mapping-preview">
      <table className="wm-table" aria-label={DATA.fieldsAsRead}>
        <TableHead columns={[WORDS.field, DATA.readFrom, { label: DATA.found, end: true }, DATA.example]} />
        <tbody>
          {report.fields.map(({ field, source, share, example }) => (
            <tr key={field}>
              <td>{field}</td>
              <td className="wm-mono">{source}</td>
              <td className={share === 0 ? 'is-end wm-warn' : 'is-end'}>{formatPercent(share)}</td>
              <td title={example ?? ''}>{text(example)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <EventsAsRead report={report} />
    </div>
  );
}

/** Some events as a mapping reads them. */
export function EventsAsRead({ report }: { report: MappingReport }): React.JSX.Element {
  const zone = useZone();
  return (
    <>
      <table className="wm-table" aria-label={DATA.eventsAsRead}>
        <TableHead columns={[WORDS.time, WORDS.event, WORDS.user, WORDS.session, WORDS.page]} />
        <tbody>
          {report.preview.map(({ at, type, userId, sessionId, page }, index) => (
            <tr key={index}>
              <td className={at === null ? 'wm-warn' : undefined}>
                {at === null ? DATA.noTime : formatDateTime(at, zone, true)}
              </td>
              <td>{text(type)}</td>
              <td>{text(userId)}</td>
              <td>{text(sessionId)}</td>
              <td>{text(page)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {report.preview.length === 0 && (
        <p className="wm-caption wm-warn">{DATA.readsNothing(report.mapping.events.collection)}</p>
      )}
    </>
  );
}
