import { sumKpis, type Day, type KpiSums } from '../kernels/kpis';
import { flagCodes } from '../scan/flagCodes';
import { maskCounted } from '../scan/rowMask';
import { personOfRow } from '../table/personTable';
import { firstRowOf } from '../table/sessions';
import {
  maskContext,
  personRef,
  sessionRef,
  type Instants,
  type PartContext,
  type UnitRef,
} from './partContext';

export interface KpisQuery {
  readonly range: Instants;
  readonly days: readonly Day[];
  /** Whether the list the report asks for is wanted. */
  readonly isListed: boolean;
}

export interface KpisPart extends Omit<KpiSums, 'people' | 'listedSessions'> {
  readonly listed: readonly UnitRef[];
}

/** The KPIs of a part, in sums. @throws NotAColumn */
export function kpisPart(context: PartContext<'kpis'>, query: KpisQuery): KpisPart {
  const { data, report, sessionGapMs } = context;
  const { table, facts } = data;
  const sessions = table.sessions(sessionGapMs);
  const types = table.text('eventType').values;
  const kpi = query.isListed ? report.users?.kpi : undefined;
  const { people, listedSessions, ...sums } = sumKpis(
    {
      table,
      sessions,
      mask: maskCounted(maskContext(context, query.range), report.filters),
      isPageView: flagCodes(types, facts.pageViews),
      isPurchase: flagCodes(types, facts.purchases),
      from: query.range.from,
      to: query.range.to,
      days: query.days,
    },
    kpi,
  );
  if (kpi === 'sessions') {
    return { ...sums, listed: listedSessions.map((session) => sessionRef(data, sessions, session)) };
  }
  const distinct = new Set([
    ...people,
    ...listedSessions.map((session) =>
      personOfRow(table.layout, firstRowOf(sessions, session, table.layout.rows)),
    ),
  ]);
  return { ...sums, listed: [...distinct].map((person) => personRef(data, person)) };
}
