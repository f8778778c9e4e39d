import { Button } from '@blueprintjs/core';
import { Cube } from '@blueprintjs/icons';
import { Loading } from '../chart/CardStates';
import { openView, type ViewName } from '../state/place';
import { openWorkspace, useWorkspace } from '../state/workspace';
import { ViewFrame } from './ViewFrame';
import { FRAME } from '../text/frame';

/** What a view shows while there is no data to show: how to get some. */
export function ConnectFirst({ view }: { view: ViewName }): React.JSX.Element {
  const { status, list } = useWorkspace();
  const opening = status.state === 'opening';
  const saved = list.connections.filter((connection) => connection.kind !== 'sample');
  const sample = list.connections.find((connection) => connection.kind === 'sample');
  return (
    <ViewFrame view={view}>
      <section className="wm-card" style={{ flex: 1 }}>
        {opening ? (
          <div className="wm-card-body" style={{ paddingTop: 16 }}>
            <Loading name={status.connection?.name ?? 'connection'} />
          </div>
        ) : (
          <div className={status.message === undefined ? 'wm-state' : 'wm-state is-error'}>
            <p role={status.message === undefined ? undefined : 'alert'}>
              {status.message ?? FRAME.notConnected}
            </p>
            <div className="wm-state-actions">
              {saved.slice(0, 4).map((connection) => (
                <Button
                  key={connection.id}
                  text={connection.name}
                  onClick={() => void openWorkspace(connection.id)}
                />
              ))}
              <Button intent="primary" text={FRAME.connections} onClick={() => openView('connections')} />
              {sample && (
                <Button
                  icon={<Cube />}
                  text={FRAME.exploreSampleData}
                  onClick={() => void openWorkspace(sample.id)}
                />
              )}
            </div>
          </div>
        )}
      </section>
    </ViewFrame>
  );
}
