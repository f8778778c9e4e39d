import { Button } from '@blueprintjs/core';
import { Tick, WarningSign } from '@blueprintjs/icons';
import type { ConnectionTest } from '../../../shared/ipc/connections';
import type { Mapping } from '../../../shared/model/mapping';
import { Facts } from '../../chart/Facts';
import { formatExact } from '../../format/number';
import { MappingPreview } from '../data/MappingPreview';
import { TableHead } from '../../chart/TableHead';

const TOPOLOGIES = {
  standalone: 'single server',
  replicaSet: 'replica set',
  sharded: 'sharded cluster',
  unknown: 'unknown kind of server',
} as const;

/** What a test of a connection found; a guessed mapping is shown with what it reads and taken on a click. */
export function TestOutcome({
  test,
  onUse,
}: {
  test: ConnectionTest;
  onUse?: ((mapping: Mapping) => void) | undefined;
}): React.JSX.Element {
  const guessed = test.mapping?.guessed ?? null;
  const rights = [
    test.rights.read && 'read',
    test.rights.write && 'write',
    test.rights.changeStreams && 'change streams',
  ].filter(Boolean);
  const facts: readonly (readonly [string, string])[] = [
    ['Server', `MongoDB ${test.serverVersion} · ${TOPOLOGIES[test.topology]}`],
    ['Latency', `${formatExact(Math.round(test.latencyMs))} ms`],
    ['Database', test.database],
    ['Rights', rights.join(', ') || 'none'],
    [
      'Mapping',
      test.mapping
        ? `${test.mapping.name}. ${test.mapping.reason}`
        : 'Nothing looks like events. Choose another database or mapping.',
    ],
    ['Other databases', test.databases.filter((name) => name !== test.database).join(', ') || '–'],
  ];
  return (
    <section className="wm-test" aria-label="Test" role="status">
      <h3>
        <Tick className="wm-good" /> Connected · {test.collections.length} collections found
      </h3>
      <Facts facts={facts} />
      {guessed && (
        <section aria-label="Guessed mapping" className="wm-guess">
          <MappingPreview report={guessed} />
          {onUse && (
            <div className="wm-inline">
              <Button
                intent="primary"
                text="Use this mapping"
                onClick={() => onUse({ ...guessed.mapping, name: test.database })}
              />
              <span className="wm-caption">
                It is saved with the connection; change it under Data, Mapping.
              </span>
            </div>
          )}
        </section>
      )}
      {test.collections.length > 0 && (
        <table className="wm-table">
          <TableHead columns={['Collection', { label: 'Documents', end: true }]} />
          <tbody>
            {test.collections.map(({ name, documents }) => (
              <tr key={name}>
                <td>{name}</td>
                <td className="is-end">{formatExact(documents)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {test.warnings.map((warning) => (
        <p key={warning} className="wm-warn">
          <WarningSign size={14} /> {warning}
        </p>
      ))}
    </section>
  );
}
