import { Button } from '@blueprintjs/core';
import { Stop } from '@blueprintjs/icons';
import { useElapsed } from '../chart/useElapsed';
import { formatElapsed } from '../format/number';
import { cancelAllRuns, useRuns } from '../state/runs';
import { FRAME } from '../text/frame';

/** How far the requests under way are and for how long they run, with the way to stop them. */
export function RunIndicator(): React.JSX.Element | null {
  const runs = useRuns((state) => state.runs);
  const running = Object.values(runs).flatMap((run) => (run.running ? [run.running] : []));
  const startedAt = running.length === 0 ? 0 : Math.min(...running.map((run) => run.startedAt));
  const elapsed = useElapsed(startedAt, running.length > 0, 100);
  if (running.length === 0 || elapsed < 300) return null;
  const known = running.flatMap(({ progress }) =>
    progress?.done !== undefined && progress.total ? [progress.done / progress.total] : [],
  );
  const share =
    known.length === 0
      ? ''
      : `${Math.round((known.reduce((sum, part) => sum + part, 0) / known.length) * 100)}\u00a0% · `;
  return (
    <span className="wm-run">
      {share}
      {formatElapsed(Math.max(1_000, elapsed))}
      <Button
        size="small"
        variant="minimal"
        icon={<Stop size={14} />}
        text={FRAME.cancel}
        title={FRAME.cancelByKey(FRAME.cancel)}
        onClick={cancelAllRuns}
      />
    </span>
  );
}
