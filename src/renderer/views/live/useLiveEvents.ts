import { useEffect, useRef, useState } from 'react';
import { client } from '../../client/client';
import { formatExact } from '../../format/number';
import { announce } from '../../state/toast';
import { useReportBase } from '../../state/useReportBase';
import { useWorkspace, watchedKey } from '../../state/workspace';
import { LIVE } from '../../text/live';
import { EMPTY_LIVE, receive, resume, type LiveBuffer } from './liveBuffer';

const SAY_EVERY_MS = 5_000;
/** Heartbeats come every two seconds: a watch that is silent for so long has died without a word. */
const SILENT_MS = 20_000;
const RETRY_MS = 3_000;

export interface LiveFeed {
  readonly buffer: LiveBuffer;
  readonly paused: boolean;
  /** Why nothing comes at present; it is tried again all the while. */
  readonly problem: string | null;
  togglePause(): void;
}

/** Follows the new events of what this window is connected to, and begins again when the watch fails or falls silent. */
export function useLiveEvents(): LiveFeed {
  const { filters } = useReportBase();
  const data = useWorkspace(watchedKey);
  const wanted = JSON.stringify(filters);
  // What other data or other filters let through has no place beside what these do.
  const source = `${data} ${wanted}`;
  const [received, setReceived] = useState({ source: '', buffer: EMPTY_LIVE });
  const [trouble, setTrouble] = useState<{ source: string; message: string } | null>(null);
  const [paused, setPaused] = useState(false);
  const pausedNow = useRef(false);
  const saidAt = useRef(0);
  const buffer = received.source === source ? received.buffer : EMPTY_LIVE;

  useEffect(() => {
    if (data === '') return undefined;
    let attempt = new AbortController();
    let timer: number | undefined;
    const after = (ms: number, next: () => void): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(next, ms);
    };
    const restart = (message: string): void => {
      setTrouble({ source, message });
      after(RETRY_MS, begin);
    };
    const expectMore = (): void =>
      after(SILENT_MS, () => {
        attempt.abort();
        restart(LIVE.silent);
      });

    function begin(): void {
      const current = new AbortController();
      attempt = current;
      expectMore();
      client
        .call(
          'live.watch',
          { filters: JSON.parse(wanted) as typeof filters },
          {
            signal: current.signal,
            onProgress: (batch) => {
              if (current.signal.aborted) return;
              expectMore();
              setTrouble(null);
              setReceived((old) => {
                const before = old.source === source ? old.buffer : EMPTY_LIVE;
                return { source, buffer: receive(before, batch, pausedNow.current) };
              });
              if (batch.events.length > 0 && Date.now() - saidAt.current > SAY_EVERY_MS) {
                saidAt.current = Date.now();
                announce(LIVE.newEvents(formatExact(batch.events.length)));
              }
            },
          },
        )
        .catch((error: unknown) => {
          if (!current.signal.aborted) restart(error instanceof Error ? error.message : String(error));
        });
    }

    begin();
    return () => {
      window.clearTimeout(timer);
      attempt.abort();
    };
  }, [data, wanted, source]);

  return {
    buffer,
    paused,
    problem: trouble?.source === source ? trouble.message : null,
    togglePause() {
      pausedNow.current = !paused;
      setPaused(!paused);
      if (paused) setReceived({ source, buffer: resume(buffer) });
    },
  };
}
