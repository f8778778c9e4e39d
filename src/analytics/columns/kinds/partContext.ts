import type { ReportKind, ReportOf } from '../../../shared/reports/report';
import type { ColumnData } from '../scan/fields';
import type { MaskContext } from '../scan/rowMask';
import { personOfRow } from '../table/personTable';
import { firstRowOf, type Sessions } from '../table/sessions';

/** Two instants, ms; `to` exclusive. */
export interface Instants {
  readonly from: number;
  readonly to: number;
}

/** Everything the scan of one part of a table works with. */
export interface PartContext<K extends ReportKind = ReportKind> {
  readonly report: ReportOf<K>;
  readonly data: ColumnData;
  readonly range: Instants;
  readonly sessionGapMs: number;
  /** Keeps what a later question of the same run needs again. */
  readonly memo: <T>(key: string, make: () => T) => T;
}

/** A listed unit: a canonical user's ordinal, and for a session its id's ordinal + 1 (0: none) and first instant. */
export interface UnitRef {
  readonly user: number;
  readonly session?: { readonly sent: number; readonly startedAt: number };
}

/** What tests of events refer to, for the report's range or a compared one. */
export function maskContext(
  { data, range }: Pick<PartContext, 'data' | 'range'>,
  other: Instants = range,
): MaskContext {
  return { data, range: other };
}

export function personRef({ table }: ColumnData, person: number): UnitRef {
  return { user: table.layout.canonical[person] as number };
}

export function sessionRef(data: ColumnData, sessions: Sessions, session: number): UnitRef {
  const { table } = data;
  const row = firstRowOf(sessions, session, table.layout.rows);
  return {
    ...personRef(data, personOfRow(table.layout, row)),
    session: { sent: sessions.sent[session] as number, startedAt: sessions.startedAt.of(session) },
  };
}
