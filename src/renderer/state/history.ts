/** A line of places one can go back and forward on. Immutable. */
export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
}

const MAX_PAST = 200;

/** Goes to a new place: what lay ahead is gone. */
export function visit<T>(history: History<T>, place: T): History<T> {
  return { past: [...history.past, history.present].slice(-MAX_PAST), present: place, future: [] };
}

/** One place back, or the same history at its beginning. */
export function goBack<T>(history: History<T>): History<T> {
  const present = history.past[history.past.length - 1];
  if (present === undefined) return history;
  return { past: history.past.slice(0, -1), present, future: [history.present, ...history.future] };
}

/** One place forward, or the same history at its end. */
export function goForward<T>(history: History<T>): History<T> {
  const [present, ...future] = history.future;
  if (present === undefined) return history;
  return { past: [...history.past, history.present], present, future };
}
