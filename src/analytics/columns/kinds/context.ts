import type { ReportKind, ReportOf } from '../../../shared/reports/report';
import type { ListedUser } from '../../../shared/reports/result';
import type { ResolvedRange } from '../../../shared/time/range';
import type { ColumnData } from '../scan/fields';
import type { MaskContext } from '../scan/rowMask';
import type { Sessions } from '../table/sessions';

/** What every kind's scan works with. */
export interface ScanContext {
  readonly data: ColumnData;
  readonly range: ResolvedRange;
  /** ms. */
  readonly now: number;
  /** ms; null when there are no events. */
  readonly dataThrough: number | null;
  readonly sessionGapMs: number;
}

/** Everything the scan of one kind works with. */
export interface ColumnContext<K extends ReportKind = ReportKind> extends ScanContext {
  readonly report: ReportOf<K>;
}

/** What tests of events refer to, for the report's range or a compared one. */
export function maskContext(context: ScanContext, range: ResolvedRange = context.range): MaskContext {
  return { data: context.data, range, now: context.now };
}

/** Canonical id of a person. */
export function personId({ table }: ColumnData, person: number): string {
  return table.userIds[table.layout.canonical[person] as number] ?? '';
}

/** A session as lists name it: the client's id, or the instant of its first event. */
export function sessionId({ table }: ColumnData, sessions: Sessions, session: number): string {
  const sent = sessions.sentId[session] as number;
  const id = sent === 0 ? null : table.sessionIds[sent - 1];
  return id ?? new Date(sessions.startedAt[session] as number).toISOString();
}

export function listPeople(data: ColumnData, people: readonly number[]): ListedUser[] {
  return people.map((person) => ({ userId: personId(data, person) }));
}

export function listSessions(data: ColumnData, sessions: Sessions, listed: readonly number[]): ListedUser[] {
  return listed.map((session) => ({
    userId: personId(data, sessions.person[session] as number),
    sessionId: sessionId(data, sessions, session),
  }));
}
