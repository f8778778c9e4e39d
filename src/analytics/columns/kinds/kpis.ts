import type { KpiName } from '../../../shared/reports/report';
import type { KpiFigures, ListedUser } from '../../../shared/reports/result';
import { addDays, bucketsBetween, type Bucket } from '../../../shared/time/calendar';
import { comparedRange, type ResolvedRange } from '../../../shared/time/range';
import type { KindAnswer } from '../../engine/context';
import { STICKINESS_DAYS } from '../../kernels/kpis/figures';
import { sortListed } from '../../engine/lists';
import { scanKpis, type KpiList } from '../kernels/kpis';
import { maskEvent, maskFilters, type RowMask } from '../scan/rowMask';
import { listPeople, listSessions, maskContext, type ColumnContext, type ScanContext } from './context';

/** The local days that end with the range. */
function lastDays({ calendar, to }: ResolvedRange): Bucket[] {
  const from = addDays(calendar.timezone, to - 1, 1 - STICKINESS_DAYS);
  return bucketsBetween(calendar, 'day', from, addDays(calendar.timezone, to - 1, 1));
}

function maskTypes(context: ScanContext, types: readonly string[]): RowMask {
  const mask = types.length === 0 ? null : maskEvent(maskContext(context), { anyOf: [...types] });
  return mask ?? new Uint8Array(context.data.table.layout.rows);
}

function scanRange(
  context: ColumnContext<'kpis'>,
  range: ResolvedRange,
  listed?: KpiName,
): { figures: KpiFigures; list: KpiList } {
  const { data, sessionGapMs, report } = context;
  const { roles } = data.mapping;
  return scanKpis(
    {
      table: data.table,
      sessions: data.table.sessions(sessionGapMs),
      mask: maskFilters(maskContext(context, range), report.filters),
      pageViews: maskTypes(context, roles.pageViews),
      purchases: maskTypes(context, roles.purchases),
      from: range.from,
      to: range.to,
      days: lastDays(range),
    },
    listed,
  );
}

function namesOf(
  { data, sessionGapMs }: ScanContext,
  kpi: KpiName,
  { people, sessions }: KpiList,
): ListedUser[] {
  const all = data.table.sessions(sessionGapMs);
  if (kpi === 'sessions') return sortListed(listSessions(data, all, sessions));
  const distinct = new Set([...people, ...sessions.map((session) => all.person[session] as number)]);
  return sortListed(listPeople(data, [...distinct]));
}

/** The KPIs from columns. @throws NotAColumn */
export function runKpis(context: ColumnContext<'kpis'>): KindAnswer<'kpis'> {
  const { report, range } = context;
  const kpi = report.users?.kpi;
  const { figures, list } = scanRange(context, range, kpi);
  const previous =
    report.compare === 'none' ? undefined : scanRange(context, comparedRange(range, report.compare)).figures;
  return {
    data: { ...figures, ...(previous ? { previous } : {}) },
    ...(kpi === undefined ? {} : { users: namesOf(context, kpi, list) }),
  };
}
