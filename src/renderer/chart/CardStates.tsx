import { Button } from '@blueprintjs/core';
import { useEffect, useState } from 'react';
import type { WaymarkError } from '../../shared/errors';
import { client } from '../client/client';
import { formatClock } from '../format/time';
import { formatElapsed } from '../format/number';
import { widenRange } from '../frame/rangeText';
import { changeScope, currentPlace, useScope } from '../state/place';
import { runAgain, useRunning, useRuns, type Shown } from '../state/runs';
import { useZone } from '../state/zone';
import { showToast } from '../state/toast';
import { CARD, EXPORTS } from '../text/cards';
import { useElapsed } from './useElapsed';

/** The shape of a chart to come, shown only when it takes longer than a blink. */
export function Loading({ name }: { name: string }): React.JSX.Element {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  if (!shown) return <div className="wm-skeleton" />;
  return (
    <div className="wm-skeleton" role="status">
      <span className="wm-caption">{CARD.loading(name)}</span>
      {[92, 74, 81, 58, 66].map((width) => (
        <i key={width} style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}

/** What a card shows of: its title, its slot, and what became of what was asked there. */
interface OfCard {
  readonly name: string;
  readonly slot: string;
  readonly run: Shown;
}

/** The bar over what is being asked. */
export function UpdatingBar({ slot }: Pick<OfCard, 'slot'>): React.JSX.Element | null {
  const running = useRunning(slot);
  const elapsed = useElapsed(running?.startedAt ?? 0, running !== null, 250);
  if (running === null || elapsed < 150) return null;
  const { done, total } = running.progress ?? {};
  const share = done !== undefined && total ? Math.min(1, done / total) : undefined;
  return (
    <div className={share === undefined ? 'wm-progress is-unknown' : 'wm-progress'} aria-hidden>
      <div style={share === undefined ? undefined : { width: `${share * 100}%` }} />
    </div>
  );
}

/** The words beside an answer that is being renewed: for how long already, and after a while why. */
export function UpdatingNote({ name, slot, run }: OfCard): React.JSX.Element | null {
  const running = useRunning(slot);
  const elapsed = useElapsed(running?.startedAt ?? 0, running !== null, 250);
  if (running === null || run.answer === null || elapsed < 1_000) return null;
  const reason = run.answer.provenance.why ?? running.progress?.phase ?? '';
  const text = CARD.updating(name, Math.floor(elapsed / 1_000));
  return (
    <p className="wm-card-note wm-updating">{elapsed >= 5_000 ? `${text} ${reason}`.trimEnd() : text}</p>
  );
}

/** The bar and words over an answer that is being renewed. */
export function Updating(of: OfCard): React.JSX.Element {
  return (
    <>
      <UpdatingBar slot={of.slot} />
      <UpdatingNote {...of} />
    </>
  );
}

function CopyDetails({ error, slot }: { error: WaymarkError; slot: string }): React.JSX.Element {
  const report = useRuns((state) => state.runs[slot]?.report);
  const text = [`${error.code}: ${error.message}`, error.path, JSON.stringify(report)]
    .filter(Boolean)
    .join('\n');
  return (
    <Button
      size="small"
      variant="minimal"
      onClick={() => void client.call('clipboard.write', { text }).then(() => showToast(EXPORTS.copied))}
    >
      {CARD.copyDetails}
    </Button>
  );
}

/** What happened to the newest request when it brought no answer: failed or cancelled, and what to do. */
export function Outcome({ name, slot, run }: OfCard): React.JSX.Element | null {
  const zone = useZone();
  if (run.outcome === null) return null;
  const failed = run.outcome === 'failed';
  const has = run.answer !== null;
  const text = failed
    ? CARD.failed(name, has, run.error?.message ?? '')
    : has
      ? CARD.cancelledWithAnswer(formatElapsed(run.tookMs), formatClock(run.answeredAt, zone))
      : CARD.cancelledWithout;
  const actions = (
    <>
      <Button size="small" {...(has ? { variant: 'minimal' as const } : {})} onClick={() => runAgain(slot)}>
        {failed ? CARD.tryAgain : CARD.runAgain}
      </Button>
      {failed && run.error && <CopyDetails error={run.error} slot={slot} />}
    </>
  );
  if (has) {
    return (
      <div className={failed ? 'wm-card-note is-error' : 'wm-card-note'} role={failed ? 'alert' : 'status'}>
        <span>{text}</span>
        <span className="wm-note-actions">{actions}</span>
      </div>
    );
  }
  return (
    <div className={failed ? 'wm-state is-error' : 'wm-state'} role={failed ? 'alert' : 'status'}>
      <p>{text}</p>
      <div className="wm-state-actions">{actions}</div>
    </div>
  );
}

/** An answer without anything in it, and the ways to more. */
export function NoMatch({ text = CARD.noMatch }: { text?: string }): React.JSX.Element {
  const { chips, segment } = useScope();
  const isFiltered = segment !== null || chips.some(({ muted }) => !muted);
  return (
    <div className="wm-state">
      <p>{text}</p>
      <div className="wm-state-actions">
        {isFiltered && (
          <Button size="small" onClick={() => changeScope({ chips: [], segment: null })}>
            {CARD.clearFilters}
          </Button>
        )}
        <Button size="small" onClick={() => changeScope({ range: widenRange(currentPlace().scope.range) })}>
          {CARD.widenRange}
        </Button>
      </div>
    </div>
  );
}
