import type { RowSpec } from '../../pipeline/unitRows';
import type { AnyRunContext } from '../context';
import { gatherUnits } from './gatherUnits';
import type { UnitEvents } from './unitEvents';

/** A session that is derived from the gaps between a user's events without a session id. */
export interface DerivedSession extends UnitEvents {
  /** The ISO instant of its first event. */
  readonly sessionId: string;
  /** Instants of its first and last event, whether they match the filters or not, ms. */
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface DerivedOptions {
  readonly accepts: (userId: string) => boolean;
  /** Whether an event of a class matches the report's filters; sessions are cut on all events. */
  readonly isSelected: (eventClass: number) => boolean;
  readonly visit: (session: DerivedSession) => void;
  readonly purpose: string;
}

/**
 * Derives the sessions of events without a session id: a gap longer than the context's starts a new one. The
 * sessions depend on the stored events alone, so late and disordered events give the same ones. Each session
 * is visited with those of its events that match the filters.
 * @param spec all events without a session id, by user, over the whole history
 */
export async function gatherDerivedSessions(
  context: AnyRunContext,
  spec: RowSpec,
  options: DerivedOptions,
): Promise<void> {
  const { sessionGapMs } = context;
  await gatherUnits(context, spec, {
    accepts: options.accepts,
    purpose: options.purpose,
    visit: (unit) => {
      const { times, length } = unit;
      let begin = 0;
      for (let i = 1; i <= length; i += 1) {
        const isSame = i < length && (times[i] as number) - (times[i - 1] as number) <= sessionGapMs;
        if (isSame) continue;
        options.visit(cutSession(unit, begin, i, options.isSelected));
        begin = i;
      }
    },
  });
}

function cutSession(
  unit: UnitEvents,
  begin: number,
  end: number,
  isSelected: (eventClass: number) => boolean,
): DerivedSession {
  const times = new Float64Array(end - begin);
  const classes = new Float64Array(end - begin);
  const values: unknown[] | null = unit.values ? [] : null;
  let length = 0;
  for (let i = begin; i < end; i += 1) {
    if (!isSelected(unit.classes[i] as number)) continue;
    times[length] = unit.times[i] as number;
    classes[length] = unit.classes[i] as number;
    values?.push(unit.values?.[i] ?? null);
    length += 1;
  }
  const startedAt = unit.times[begin] as number;
  return {
    userId: unit.userId,
    sessionId: new Date(startedAt).toISOString(),
    startedAt,
    endedAt: unit.times[end - 1] as number,
    length,
    times,
    classes,
    values,
  };
}
