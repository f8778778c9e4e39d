import { Button } from '@blueprintjs/core';
import { Cube } from '@blueprintjs/icons';
import { openView } from '../../state/place';
import { openWorkspace, useWorkspace } from '../../state/workspace';
import { CONNECTIONS } from '../../text/connections';

/** Opens the sample shop that comes with the app; needs no server. */
export function SampleButton({ id }: { id: string }): React.JSX.Element {
  const { status } = useWorkspace();
  const isOpen = status.connection?.id === id && status.state === 'open';
  return (
    <div className="wm-sample">
      <Button
        icon={<Cube />}
        text={CONNECTIONS.exploreSampleData}
        disabled={status.state === 'opening'}
        onClick={() => void openWorkspace(id).then((opened) => opened && openView('overview'))}
      />
      <span className="wm-caption">
        {isOpen && CONNECTIONS.openInThisWindow}
        {CONNECTIONS.sampleShop}
      </span>
    </div>
  );
}
