import { Button, Menu, MenuItem } from '@blueprintjs/core';
import { DataConnection, Key, More, Plus } from '@blueprintjs/icons';
import { useState } from 'react';
import { Popup } from '../../frame/Popup';
import type { Connection } from '../../../shared/ipc/connections';
import { client } from '../../client/client';
import { formatDateTime } from '../../format/time';
import { ViewFrame } from '../../frame/ViewFrame';
import { openView } from '../../state/place';
import { showToast } from '../../state/toast';
import { openWorkspace, useWorkspace } from '../../state/workspace';
import { useZone } from '../../state/zone';
import { ConnectionEditor } from './ConnectionEditor';
import { ConnectionFacts } from './ConnectionFacts';
import { SampleButton } from './SampleButton';
import { CONNECTIONS } from '../../text/connections';
import { WORDS } from '../../text/words';

const report = (error: unknown): void =>
  showToast(error instanceof Error ? error.message : String(error), { level: 'problem' });

/** Connects and shows what is there. */
export async function connectAndShow(id: string): Promise<void> {
  if (await openWorkspace(id)) openView('overview');
}

function Entry({
  connection,
  selected,
  onSelect,
}: {
  connection: Connection;
  selected: boolean;
  onSelect: (id: string | null) => void;
}): React.JSX.Element {
  const zone = useZone();
  const status = useWorkspace((state) => state.status);
  const isOpen = status.connection?.id === connection.id && status.state === 'open';
  const { id } = connection;
  const remove = async (): Promise<void> => {
    try {
      await client.call('connections.remove', { id });
      onSelect(null);
      showToast(CONNECTIONS.deleted(connection.name), {
        undo: () => void client.call('connections.restore', { id }).catch(report),
      });
    } catch (error) {
      report(error);
    }
  };
  return (
    <li className={selected ? 'wm-connection is-selected' : 'wm-connection'}>
      <button
        type="button"
        className="wm-connection-main"
        aria-pressed={selected}
        onClick={() => onSelect(id)}
        onDoubleClick={() => void connectAndShow(id)}
      >
        <DataConnection />
        <span className="wm-cut">
          <strong>{connection.name}</strong>
          {isOpen && <span className="wm-good">{CONNECTIONS.isConnected}</span>}
          <br />
          <span className="wm-caption wm-cut">
            {connection.shownAddress}
            {connection.database === undefined ? '' : ` · ${connection.database}`}
          </span>
          {connection.lastOpenedAt !== undefined && (
            <>
              <br />
              <span className="wm-caption">
                {CONNECTIONS.lastUsed(formatDateTime(connection.lastOpenedAt, zone))}
              </span>
            </>
          )}
        </span>
        {connection.secret !== 'none' && (
          <Key
            size={12}
            title={
              connection.secret === 'keychain'
                ? CONNECTIONS.passwordInTheKeychain
                : CONNECTIONS.passwordKeptUntilYouQuit
            }
          />
        )}
      </button>
      <Button
        size="small"
        text={CONNECTIONS.connect}
        onClick={() => void connectAndShow(id)}
        disabled={status.state === 'opening'}
      />
      {connection.kind === 'saved' && (
        <Popup
          placement="bottom-end"
          content={
            <Menu>
              <MenuItem
                text={CONNECTIONS.duplicate}
                onClick={() =>
                  void client.call('connections.duplicate', { id }).then((copy) => onSelect(copy.id), report)
                }
              />
              <MenuItem text={WORDS.delete} onClick={() => void remove()} />
            </Menu>
          }
        >
          <Button
            size="small"
            variant="minimal"
            icon={<More size={14} />}
            aria-label={CONNECTIONS.moreFor(connection.name)}
          />
        </Popup>
      )}
    </li>
  );
}

/** Which databases one can look at, and how to reach them. */
export function ConnectionsView(): React.JSX.Element {
  const { list, status } = useWorkspace();
  const [selected, setSelected] = useState<string | null>(null);
  const saved = list.connections.filter((entry) => entry.kind !== 'sample');
  const [adding, setAdding] = useState(saved.length === 0);
  const connection = list.connections.find((entry) => entry.id === selected);
  const select = (id: string | null): void => {
    setSelected(id);
    setAdding(false);
  };
  const sample = list.connections.find((entry) => entry.kind === 'sample');
  return (
    <ViewFrame view="connections">
      <div className="wm-split">
        <section className="wm-card" aria-label={CONNECTIONS.savedConnections}>
          <header className="wm-card-header">
            <h2>{CONNECTIONS.savedConnections}</h2>
            <Button
              size="small"
              icon={<Plus size={14} />}
              text={WORDS.add}
              onClick={() => {
                setSelected(null);
                setAdding(true);
              }}
            />
          </header>
          {saved.length === 0 ? (
            <div className="wm-state">
              <p>{CONNECTIONS.empty}</p>
            </div>
          ) : (
            <ul className="wm-connections">
              {saved.map((entry) => (
                <Entry key={entry.id} connection={entry} selected={entry.id === selected} onSelect={select} />
              ))}
            </ul>
          )}
          {sample && <SampleButton id={sample.id} />}
          {!list.keychain.available && <p className="wm-card-note wm-warn">{CONNECTIONS.noKeychain}</p>}
        </section>
        <div className="wm-split-main">
          {status.message !== undefined && status.state !== 'open' && (
            <p className="wm-card wm-card-note is-error" role="alert">
              {status.message}
            </p>
          )}
          {connection && connection.kind !== 'saved' ? (
            <ConnectionFacts key={connection.id} connection={connection} />
          ) : adding || connection ? (
            <ConnectionEditor key={selected ?? 'new'} connection={connection} onSaved={select} />
          ) : (
            <section className="wm-card">
              <div className="wm-state">
                <p>{CONNECTIONS.chooseOne}</p>
              </div>
            </section>
          )}
        </div>
      </div>
    </ViewFrame>
  );
}
