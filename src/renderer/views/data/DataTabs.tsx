import { Button } from '@blueprintjs/core';
import { Error as ErrorIcon, InfoSign, WarningSign } from '@blueprintjs/icons';
import { client } from '../../client/client';
import { formatBytes, formatExact } from '../../format/number';
import { showToast } from '../../state/toast';
import { EXPORTS } from '../../text/cards';
import { Inspected } from './Inspected';
import { useInspection } from './useInspection';
import { TableHead } from '../../chart/TableHead';
import { DATA } from '../../text/data';
import { WORDS } from '../../text/words';

const SEVERITIES = {
  info: { Icon: InfoSign, tone: 'wm-muted', name: DATA.note },
  warning: { Icon: WarningSign, tone: 'wm-warn', name: DATA.warning },
  problem: { Icon: ErrorIcon, tone: 'wm-bad', name: DATA.problem },
} as const;

const copy = (text: string): void =>
  void client.call('clipboard.write', { text }).then(() => showToast(EXPORTS.copied));

/** What is odd about the data, and what to do. */
export function QualityTab(): React.JSX.Element {
  const inspection = useInspection('inspect.quality', {});
  return (
    <Inspected title={DATA.findings} inspection={inspection}>
      {({ findings }) =>
        findings.length === 0 ? (
          <p className="wm-state">{DATA.nothingOddWasFound}</p>
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

const STATES = { present: DATA.present, advised: DATA.advised, other: DATA.other } as const;

/** Which indexes there are and which would help; their lines are for copying, nothing is created from here. */
export function IndexesTab(): React.JSX.Element {
  const inspection = useInspection('inspect.indexes', {});
  return (
    <Inspected title={DATA.indexes} inspection={inspection}>
      {({ indexes }) => (
        <div className="wm-table-wrap" tabIndex={0}>
          <table className="wm-table">
            <TableHead
              columns={[
                WORDS.collection,
                DATA.key,
                DATA.stateOf,
                WORDS.reason,
                { label: WORDS.size, end: true },
                { label: WORDS.copy, hidden: true },
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
                      <Button
                        size="small"
                        text={DATA.copyLine}
                        title={command}
                        onClick={() => copy(command)}
                      />
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
