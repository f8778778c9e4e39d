import { Button } from '@blueprintjs/core';
import { useState } from 'react';
import type { Connection, ConnectionTest } from '../../../shared/ipc/connections';
import { Facts } from '../../chart/Facts';
import { client } from '../../client/client';
import { openView } from '../../state/place';
import { openWorkspace } from '../../state/workspace';
import { TestOutcome } from './TestOutcome';

const LOGINS = { none: 'None', password: 'User and password', x509: 'X.509 certificate' } as const;

/** A connection that was given on the command line: there is nothing to change in it here. */
export function ConnectionFacts({ connection }: { connection: Connection }): React.JSX.Element {
  const [test, setTest] = useState<ConnectionTest | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { id, login, tls, mapping } = connection;
  const facts: readonly (readonly [string, string])[] = [
    ['Address', connection.shownAddress],
    ['Database', connection.database ?? 'Not given'],
    ['Login', login.method === 'password' ? `${LOGINS.password}, ${login.username}` : LOGINS[login.method]],
    ['TLS', tls?.enabled ? 'On' : 'As the address says'],
    ['Mapping', typeof mapping === 'object' ? mapping.name : (mapping ?? 'Guessed from the data')],
    ['Access', connection.readOnly ? 'Read only' : 'As the login allows'],
  ];
  const ask = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      setTest(await client.call('connections.test', { id }));
    } catch (error) {
      setTest(null);
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="wm-card wm-form" aria-label={connection.name}>
      <h2>{connection.name}</h2>
      <p className="wm-caption">Given on the command line; forgotten when you quit.</p>
      <Facts facts={facts} />
      <div className="wm-inline">
        <Button text="Test" loading={busy} onClick={() => void ask()} />
        <Button
          intent="primary"
          text="Connect"
          onClick={() => void openWorkspace(id).then((opened) => opened && openView('overview'))}
        />
      </div>
      {problem !== null && (
        <p className="wm-form-error" role="alert">
          {problem}
        </p>
      )}
      {test && <TestOutcome test={test} />}
    </section>
  );
}
