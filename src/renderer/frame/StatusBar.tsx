import { Database, DataConnection, Lightning } from '@blueprintjs/icons';
import { Popup } from './Popup';
import { formatElapsed } from '../format/number';
import { formatClock, formatDateTime } from '../format/time';
import { useRuns } from '../state/runs';
import { useWeekStart, useZone } from '../state/zone';
import { useWorkspace } from '../state/workspace';
import { FRAME } from '../text/frame';
import { useNow } from './useNow';
import { WORDS } from '../text/words';

const DAY_MS = 86_400_000;

/** How the latest figures were got, how fresh they are, and in whose time they stand. */
export function StatusBar(): React.JSX.Element {
  const runs = useRuns((state) => state.runs);
  const zone = useZone();
  const weekStart = useWeekStart();
  const { status } = useWorkspace();
  const now = useNow();
  const answered = Object.values(runs).flatMap(({ shown }) => (shown.answer ? [shown] : []));
  const latest = answered.reduce<(typeof answered)[number] | undefined>(
    (best, run) => (best && best.answeredAt >= run.answeredAt ? best : run),
    undefined,
  );
  const provenance = latest?.answer?.provenance;
  const through = provenance?.dataThrough ?? null;
  const isOld = through !== null && now - Date.parse(through) > DAY_MS;
  return (
    <footer className="wm-status" aria-label={FRAME.status}>
      {provenance && (
        <>
          <Popup
            placement="top-start"
            content={
              <p className="wm-definition">
                {provenance.why ?? (provenance.executor === 'columns' ? FRAME.whyColumns : FRAME.whyPipeline)}
              </p>
            }
          >
            <button type="button" title={FRAME.why}>
              {provenance.executor === 'columns' ? <Lightning size={12} /> : <Database size={12} />}
              {provenance.executor === 'columns' ? WORDS.columns : WORDS.pipeline}
            </button>
          </Popup>
          <span>{formatElapsed(provenance.elapsedMs)}</span>
          <span>
            {through === null
              ? FRAME.noEvents
              : FRAME.dataThrough(isOld ? formatDateTime(through, zone, true) : formatClock(through, zone))}
          </span>
        </>
      )}
      <span>{zone}</span>
      <span className="is-wide-only">
        {FRAME.weekStartsOn(weekStart[0]?.toUpperCase() + weekStart.slice(1))}
      </span>
      <span className="wm-status-end">
        <DataConnection size={12} />
        {status.state === 'open'
          ? `${status.connection?.shownAddress ?? ''} · ${status.database ?? ''}${status.serverVersion ? FRAME.serverVersion(status.serverVersion) : ''}`
          : status.state === 'opening'
            ? FRAME.connecting
            : status.state === 'lost'
              ? FRAME.connectionLost
              : FRAME.noWorkspace}
      </span>
    </footer>
  );
}
