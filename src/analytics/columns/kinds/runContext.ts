import type { Document } from 'mongodb';
import type { Mapping } from '../../../shared/model/mapping';
import type { ReportKind, ReportOf } from '../../../shared/reports/report';
import type { ListedUser } from '../../../shared/reports/result';
import type { ResolvedRange } from '../../../shared/time/range';
import type { IdentityMap } from '../../identity/identityMap';
import { sortListed } from '../../engine/lists';
import type { ColumnSnapshot } from '../snapshot';
import type { People } from '../table/people';
import type { UnitRef } from './partContext';

/** Everything that the run of one kind works with, beside what its parts answer. */
export interface RunContext<K extends ReportKind = ReportKind> {
  readonly report: ReportOf<K>;
  readonly range: ResolvedRange;
  /** ms; null when there are no events. */
  readonly dataThrough: number | null;
  readonly mapping: Mapping;
  readonly people: People;
  readonly identities: IdentityMap;
  /** User documents by canonical id. */
  readonly profiles: () => Promise<ReadonlyMap<string, Document>>;
  readonly snapshot: ColumnSnapshot;
}

/** Asks every part of the table the same question. */
export type Ask<Query, Part> = (query: Query) => Promise<readonly Part[]>;

/** Names units as lists show them. */
export async function unitNames(
  { people, snapshot }: Pick<RunContext, 'people' | 'snapshot'>,
  units: readonly UnitRef[],
): Promise<(unit: UnitRef) => ListedUser> {
  const isSent = units.some(({ session }) => session !== undefined && session.sent > 0);
  const ids = units.length > 0 ? await people.ids() : [];
  const sessionIds = isSent ? await snapshot.sessionIds() : [];
  return ({ user, session }) => ({
    userId: ids[user] ?? '',
    ...(session && {
      sessionId:
        (session.sent > 0 ? sessionIds[session.sent - 1] : null) ?? new Date(session.startedAt).toISOString(),
    }),
  });
}

/** A list in its order. */
export async function listUnits(
  context: Pick<RunContext, 'people' | 'snapshot'>,
  parts: readonly { readonly listed: readonly UnitRef[] }[],
): Promise<ListedUser[]> {
  const units = parts.flatMap(({ listed }) => listed);
  return sortListed(units.map(await unitNames(context, units)));
}
