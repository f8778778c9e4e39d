import { Button } from '@blueprintjs/core';
import { Tick, WarningSign } from '@blueprintjs/icons';
import type { ConnectionTest } from '../../../shared/ipc/connections';
import type { Mapping } from '../../../shared/model/mapping';
import { Facts } from '../../chart/Facts';
import { formatExact } from '../../format/number';
import { MappingPreview } from '../data/MappingPreview';
import { TableHead } from '../../chart/TableHead';
import { CONNECTIONS } from '../../text/connections';
import { WORDS } from '../../text/words';

const TOPOLOGIES = {
  standalone: CONNECTIONS.standalone,
  replicaSet: CONNECTIONS.replicaSet,
  sharded: CONNECTIONS.sharded,
  unknown: CONNECTIONS.unknown,
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
    test.rights.read && CONNECTIONS.read,
    test.rights.write && CONNECTIONS.write,
    test.rights.changeStreams && CONNECTIONS.changeStreams,
  ].filter(Boolean);
  const facts: readonly (readonly [string, string])[] = [
    [CONNECTIONS.server, CONNECTIONS.serverVersion(test.serverVersion, TOPOLOGIES[test.topology])],
    [CONNECTIONS.latency, CONNECTIONS.milliseconds(formatExact(Math.round(test.latencyMs)))],
    [CONNECTIONS.database, test.database],
    [CONNECTIONS.rights, rights.join(', ') || CONNECTIONS.none],
    [
      WORDS.mapping,
      test.mapping ? `${test.mapping.name}. ${test.mapping.reason}` : CONNECTIONS.nothingLooksLikeEvents,
    ],
    [CONNECTIONS.otherDatabases, test.databases.filter((name) => name !== test.database).join(', ') || '–'],
  ];
  return (
    <section className="wm-test" aria-label={CONNECTIONS.test} role="status">
      <h3>
        <Tick className="wm-good" />
        {CONNECTIONS.connectedAndFound(test.collections.length)}
      </h3>
      <Facts facts={facts} />
      {guessed && (
        <section aria-label={CONNECTIONS.guessedMapping} className="wm-guess">
          <MappingPreview report={guessed} />
          {onUse && (
            <div className="wm-inline">
              <Button
                intent="primary"
                text={CONNECTIONS.useThisMapping}
                onClick={() => onUse({ ...guessed.mapping, name: test.database })}
              />
              <span className="wm-caption">{CONNECTIONS.mappingIsSaved}</span>
            </div>
          )}
        </section>
      )}
      {test.collections.length > 0 && (
        <table className="wm-table">
          <TableHead columns={[WORDS.collection, { label: CONNECTIONS.documents, end: true }]} />
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
