import type { MappingReport } from '../../../shared/ipc/inspection';
import { formatPercent, UNKNOWN } from '../../format/number';
import { formatDateTime } from '../../format/time';
import { useZone } from '../../state/zone';
import { TableHead } from '../../chart/TableHead';

const text = (value: string | null): string => value ?? UNKNOWN;

/** What a mapping reads: each field with its source, how often it is there and an example, and some events. */
export function MappingPreview({ report }: { report: MappingReport }): React.JSX.Element {
  return (
    <div className="wm-mapping-preview">
      <table className="wm-table" aria-label="Fields as read">
        <TableHead columns={['Field', 'Read from', { label: 'Found', end: true }, 'Example']} />
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
      <table className="wm-table" aria-label="Events as read">
        <TableHead columns={['Time', 'Event', 'User', 'Session', 'Page']} />
        <tbody>
          {report.preview.map(({ at, type, userId, sessionId, page }, index) => (
            <tr key={index}>
              <td className={at === null ? 'wm-warn' : undefined}>
                {at === null ? 'no time' : formatDateTime(at, zone, true)}
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
        <p className="wm-caption wm-warn">
          This mapping reads no events from “{report.mapping.events.collection}”.
        </p>
      )}
    </>
  );
}
