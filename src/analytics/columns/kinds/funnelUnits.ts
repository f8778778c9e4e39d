import type { ColumnData } from '../scan/fields';
import { firstRowOf, type Sessions } from '../table/sessions';
import { personRef, sessionRef, type UnitRef } from './partContext';

/** The units of a funnel: stretches of rows, each with who it is and when it closes. */
export interface FunnelUnits {
  readonly count: number;
  /** First row of each unit; one whose rows are no neighbours has the number of rows + where `apart` lists them. */
  readonly first: Uint32Array;
  /** How many rows each unit has; null: all up to the next unit. */
  readonly lengths: Uint32Array | null;
  readonly apart: Uint32Array;
  readonly nameOf: (unit: number) => UnitRef;
  readonly closesAt: (unit: number) => number;
}

const NONE_APART = new Uint32Array(0);

export function peopleAsUnits(data: ColumnData): FunnelUnits {
  const { start, people } = data.table.layout;
  return {
    count: people,
    first: start,
    lengths: null,
    apart: NONE_APART,
    nameOf: (person) => personRef(data, person),
    closesAt: () => Infinity,
  };
}

export function sessionsAsUnits(data: ColumnData, sessions: Sessions, gapMs: number): FunnelUnits {
  const { count, first, events, apart, startedAt, durationMs } = sessions;
  const { sent, layout } = data.table;
  return {
    count,
    first,
    lengths: events,
    apart,
    nameOf: (session) => sessionRef(data, sessions, session),
    // A derived session takes no event that comes later than the gap; one with an id always may.
    closesAt: (session) =>
      sent[firstRowOf(sessions, session, layout.rows)] === 0
        ? startedAt.of(session) + (durationMs[session] as number) + gapMs
        : Infinity,
  };
}
