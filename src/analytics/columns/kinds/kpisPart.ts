import { sumKpis, type Day, type KpiScan, type KpiSums } from '../kernels/kpis';
import { countPassing, sumKpisWithin, type KnownSessions, type Passing } from '../kernels/kpisWithin';
import { matchingSessions } from '../kernels/sessionVectors';
import { flagCodes } from '../scan/flagCodes';
import { isOfEvents, maskCounted } from '../scan/rowMask';
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
  const { from, to } = query.range;
  const tests = maskContext(context, query.range);
  const scan: KpiScan = {
    table,
    sessions,
    mask: maskCounted(tests, report.filters),
    isPageView: flagCodes(types, facts.pageViews),
    isPurchase: flagCodes(types, facts.purchases),
    from,
    to,
    days: query.days,
  };
  const isWithin = table.span.first >= from && table.span.last < to && query.days.length < 31;
  const { people, listedSessions, ...sums } =
    isWithin && kpi === undefined ? sumKpisWithin(scan, knownSessions(context, scan)) : sumKpis(scan, kpi);
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

function knownSessions(
  { data, report, sessionGapMs }: PartContext<'kpis'>,
  { sessions, mask, days, isPageView }: KpiScan,
): KnownSessions {
  const { table, superseded } = data;
  const make = (): Passing => ({
    matches: mask && matchingSessions(sessions, mask),
    typeTotals: mask
      ? countPassing(table.text('eventType').codes, mask, isPageView.length)
      : table.typeTotals(),
  });
  // Of filters on events alone the rows are kept, and so is what follows from them.
  const isKept = superseded === null && report.filters.every(isOfEvents);
  return {
    ...table.sessionVectors(sessionGapMs, days),
    ...(isKept ? table.passing(JSON.stringify([report.filters, sessionGapMs]), make) : make()),
  };
}
