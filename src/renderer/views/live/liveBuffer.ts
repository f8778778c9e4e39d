import type { LiveBatch, LiveEvent } from '../../../shared/ipc/inspection';

/** What the Live view holds: newest events first, and what waits while it is paused (the newest of it, and how many). */
export interface LiveBuffer {
  readonly shown: readonly LiveEvent[];
  readonly waiting: readonly LiveEvent[];
  readonly waitingCount: number;
  readonly perSecond: number;
  readonly mode: LiveBatch['mode'] | null;
  readonly lastEventAt: string | null;
}

export const EMPTY_LIVE: LiveBuffer = {
  shown: [],
  waiting: [],
  waitingCount: 0,
  perSecond: 0,
  mode: null,
  lastEventAt: null,
};

/** Rows that are kept; older ones fall off. */
export const LIVE_ROWS = 1_000;

/** Takes a batch (oldest first) in; while paused its events wait. */
export function receive(buffer: LiveBuffer, batch: LiveBatch, paused: boolean): LiveBuffer {
  const fresh = [...batch.events].reverse();
  const { perSecond, mode, lastEventAt } = batch;
  const next = { ...buffer, perSecond, mode, lastEventAt: lastEventAt ?? buffer.lastEventAt };
  return paused
    ? {
        ...next,
        waiting: [...fresh, ...buffer.waiting].slice(0, LIVE_ROWS),
        waitingCount: buffer.waitingCount + fresh.length,
      }
    : { ...next, shown: [...fresh, ...buffer.shown].slice(0, LIVE_ROWS) };
}

/** Goes on after a pause: what waited is shown. */
export function resume(buffer: LiveBuffer): LiveBuffer {
  const shown = [...buffer.waiting, ...buffer.shown].slice(0, LIVE_ROWS);
  return { ...buffer, waiting: [], waitingCount: 0, shown };
}
