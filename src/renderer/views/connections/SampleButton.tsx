import { Button } from '@blueprintjs/core';
import { Cube } from '@blueprintjs/icons';
import { openView } from '../../state/place';
import { openWorkspace, useWorkspace } from '../../state/workspace';

/** Opens the sample shop that comes with the app; needs no server. */
export function SampleButton({ id }: { id: string }): React.JSX.Element {
  const { status } = useWorkspace();
  const isOpen = status.connection?.id === id && status.state === 'open';
  return (
    <div className="wm-sample">
      <Button
        icon={<Cube />}
        text="Explore sample data"
        disabled={status.state === 'opening'}
        onClick={() => void openWorkspace(id).then((opened) => opened && openView('overview'))}
      />
      <span className="wm-caption">
        {isOpen ? 'Open in this window. ' : ''}A shop of 90 days, kept as columns on this machine; needs no
        server.
      </span>
    </div>
  );
}
