/** The named points between two effects of a compactor; its crash tests stop it at each of them. */
export const COMPACTOR_POINTS = [
  'begin.before',
  'begin.after',
  'follow.before',
  'follow.noted',
  'follow.advanced',
  'build.read',
  'build.numbered',
  'build.stored',
  'build.published',
  'build.complete',
  'recount.settled',
  'collect.before',
  'collect.after',
] as const;

export type CompactorPoint = (typeof COMPACTOR_POINTS)[number];

/** Called whenever a compactor passes a named point; may throw, as if the process had died there. */
export type ReachedPoint = (point: CompactorPoint) => void;

/**
 * Reads `WAYMARK_COMPACTOR_CRASH_AT` (`point` or `point:N`, the N-th time it is passed), by which crash tests make the
 * process kill itself as a power cut would. Without it, points cost nothing.
 */
export function readCompactorCrash(environment: Readonly<Record<string, string | undefined>>): ReachedPoint {
  const [planned = '', times = '1'] = (environment['WAYMARK_COMPACTOR_CRASH_AT'] ?? '').split(':');
  if (planned === '') return () => undefined;
  let left = Number(times);
  return (point) => {
    if (point !== planned) return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  };
}
