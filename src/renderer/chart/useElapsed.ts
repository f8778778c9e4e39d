import { useEffect, useState } from 'react';

/** Milliseconds since `startedAt`, renewed every `everyMs` while `running`; 0 when not. */
export function useElapsed(startedAt: number, running: boolean, everyMs = 200): number {
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [running, startedAt, everyMs]);
  return running ? Math.max(0, now - startedAt) : 0;
}
