import { Button } from '@blueprintjs/core';
import { Error as ErrorIcon, InfoSign, WarningSign } from '@blueprintjs/icons';
import { client } from '../../client/client';
import { formatBytes, formatExact } from '../../format/number';
import { showToast } from '../../state/toast';
import { EXPORTS } from '../../text/words';
import { Inspected } from './Inspected';
import { useInspection } from './useInspection';
import { TableHead } from '../../chart/TableHead';

const SEVERITIES = {
  info: { Icon: InfoSign, tone: 'wm-muted', name: 'Note' },
  warning: { Icon: WarningSign, tone: 'wm-warn', name: 'Warning' },
  problem: { Icon: ErrorIcon, tone: 'wm-bad', name: 'Problem' },
} as const;

const copy = (text: string): void =>
  void client.call('clipboard.write', { text }).then(() => showToast(EXPORTS.copied));

/** What is odd about the data, and what to do. */
export function QualityTab(): React.JSX.Element {
  const inspection = useInspection('inspect.quality', {});
  return (
    <Inspected title="Findings" inspection={inspection}>
      {({ findings }) =>
        findings.length === 0 ? (
          <p className="wm-state">Nothing odd was found.</p>
        ) : (
          <ul className="wm-findings">
            {findings.map(({ code, severity, text, count, example }) => {
              const { Icon, tone, name } = SEVERITIES[severity];
              return (
                <li key={code + text}>
                  <Icon className={tone} title={name} />
                  <span>
                    {text}
                    {example !== undefined && <code className="wm-mono wm-muted"> {example}</code>}
                  </span>
                  <span className="wm-number wm-muted">{count === null ? '' : formatExact(count)}</span>
                </li>
              );
            })}
          </ul>
        )
      }
    </Inspected>
  );
}

const STATES = { present: 'Present', advised: 'Advised', other: 'Other' } as const;

/** Which indexes there are and which would help; their lines are for copying, nothing is created from here. */
export function IndexesTab(): React.JSX.Element {
  const inspection = useInspection('inspect.indexes', {});
  return (
    <Inspected title="Indexes" inspection={inspection}>
      {({ indexes }) => (
        <div className="wm-table-wrap" tabIndex={0}>
          <table className="wm-table">
            <TableHead
              columns={[
                'Collection',
                'Key',
                'State',
                'Reason',
                { label: 'Size', end: true },
                { label: 'Copy', hidden: true },
              ]}
            />
            <tbody>
              {indexes.map(({ collection, key, state, reason, bytes, command }) => (
                <tr key={collection + key + state}>
                  <td>{collection}</td>
                  <td className="wm-mono">{key}</td>
                  <td className={state === 'advised' ? 'wm-warn' : undefined}>{STATES[state]}</td>
                  <td title={reason ?? ''}>{reason ?? ''}</td>
                  <td className="is-end">{formatBytes(bytes)}</td>
                  <td>
                    {command !== null && (
                      <Button size="small" text="Copy line" title={command} onClick={() => copy(command)} />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Inspected>
  );
}
