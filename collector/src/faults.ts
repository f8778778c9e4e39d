/** The named points between two effects of the collector; its crash tests stop the process at each of them. */
export const CRASH_POINTS = [
  'log.beforeWrite',
  'log.written',
  'log.synced',
  'insert.before',
  'insert.after',
  'derive.before',
  'derive.after',
  'log.beforeTrim',
  'log.trimmed',
] as const;

/** The same between the log and the brokers, and between the database and the offsets of a drain. */
export const KAFKA_CRASH_POINTS = ['send.before', 'send.after', 'commit.before', 'commit.after'] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number] | (typeof KAFKA_CRASH_POINTS)[number];

/** Called whenever the process passes a named point. */
export type Reached = (point: CrashPoint) => void;

/**
 * Reads `WAYMARK_CRASH_AT` (`point` or `point:N`, the N-th time it is passed), by which the crash tests make the
 * process kill itself as a power cut would. Without it, points cost nothing.
 */
export function readCrashPlan(environment: Readonly<Record<string, string | undefined>>): Reached {
  const [planned, times = '1'] = (environment['WAYMARK_CRASH_AT'] ?? '').split(':');
  if (planned === undefined || planned === '') return () => undefined;
  let left = Number(times);
  return (point) => {
    if (point !== planned) return;
    left -= 1;
    if (left <= 0) process.kill(process.pid, 'SIGKILL');
  };
}

/** Reads `WAYMARK_FAIL_WRITES_ABOVE_KB`: above this size the log's disk pretends to be full. Undefined: it does not. */
export function readFullDisk(environment: Readonly<Record<string, string | undefined>>): number | undefined {
  const kilobytes = Number(environment['WAYMARK_FAIL_WRITES_ABOVE_KB'] ?? '');
  return kilobytes > 0 ? kilobytes * 1_024 : undefined;
}
