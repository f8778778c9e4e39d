import { scatter } from '../table/scatter';
import { shareTimes, Times } from '../table/times';

/** Instants as a table keeps them. */
export function timesAt(instants: readonly number[]): Times {
  const span = instants.reduce(
    ({ from, to }, time) => ({ from: Math.min(from, time), to: Math.max(to, time) }),
    { from: instants[0] ?? 0, to: instants[0] ?? 0 },
  );
  const kept = shareTimes(instants.length, span);
  const from = { kind: 'numbers', numbers: Float64Array.from(instants) } as const;
  scatter({ from, to: { kind: 'times', ...kept }, remap: null, add: 0 }, Uint32Array.from(instants.keys()));
  return new Times(kept);
}
