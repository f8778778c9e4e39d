import { Button } from '@blueprintjs/core';
import { useState } from 'react';
import type { Connection, ConnectionTest } from '../../../shared/ipc/connections';
import { Facts } from '../../chart/Facts';
import { client } from '../../client/client';
import { openView } from '../../state/place';
import { openWorkspace } from '../../state/workspace';
import { TestOutcome } from './TestOutcome';
import { CONNECTIONS } from '../../text/connections';
import { WORDS } from '../../text/words';

const LOGINS = {
  none: WORDS.none,
  password: CONNECTIONS.userAndPassword,
  x509: 'X.509 certificate',
} as const;

/** A connection that was given on the command line: there is nothing to change in it here. */
export function ConnectionFacts({ connection }: { connection: Connection }): React.JSX.Element {
  const [test, setTest] = useState<ConnectionTest | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { id, login, tls, mapping } = connection;
  const facts: readonly (readonly [string, string])[] = [
    [CONNECTIONS.address, connection.shownAddress],
    [CONNECTIONS.database, connection.database ?? CONNECTIONS.notGiven],
    [
      CONNECTIONS.login,
      login.method === 'password' ? `${LOGINS.password}, ${login.username}` : LOGINS[login.method],
    ],
    [CONNECTIONS.tls, tls?.enabled ? CONNECTIONS.on : CONNECTIONS.asTheAddressSays],
    [WORDS.mapping, typeof mapping === 'object' ? mapping.name : (mapping ?? CONNECTIONS.guessedFromTheData)],
    [CONNECTIONS.access, connection.readOnly ? CONNECTIONS.readOnly : CONNECTIONS.asTheLoginAllows],
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
      <p className="wm-caption">{CONNECTIONS.givenOnCommandLine}</p>
      <Facts facts={facts} />
      <div className="wm-inline">
        <Button text={CONNECTIONS.test} loading={busy} onClick={() => void ask()} />
        <Button
          intent="primary"
          text={CONNECTIONS.connect}
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
