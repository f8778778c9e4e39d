import { useSyncExternalStore } from 'react';

const MINUTE_MS = 60_000;
const floor = (): number => Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

function subscribe(changed: () => void): () => void {
  const timer = setInterval(changed, 5_000);
  return () => clearInterval(timer);
}

/** The present minute (ms). */
export function useNow(): number {
  return useSyncExternalStore(subscribe, floor);
}
