import type { Library } from '../../../shared/ipc/library';
import type { ReportInput } from '../../../shared/reports/report';
import { comparedRange, type ResolvedRange } from '../../../shared/time/range';
import { activeFilters, segmentFilters, type Scope } from '../../state/scope';
import type { ReportBase } from '../../state/useReportBase';
import type { ComparedNames } from './FunnelComparison';
import { FUNNELS } from '../../text/funnels';

type FunnelReport = ReportInput & { kind: 'funnel' };

const segmentName = (library: Library, id: string | null): string | undefined =>
  library.segments.find((segment) => segment.id === id)?.name;

/**
 * The report that a funnel is compared with, and what both are called: an earlier period of the same people,
 * or other people (a segment, or everybody) in the same period, under the same filters.
 */
export function compareFunnel(
  shown: FunnelReport | null,
  choice: string,
  of: { scope: Scope; library: Library; range: ResolvedRange; base: ReportBase },
): { readonly report: FunnelReport | null; readonly names: ComparedNames | null } {
  const { scope, library, range, base } = of;
  if (shown === null || choice === 'none') return { report: null, names: null };
  if (choice === 'previous' || choice === 'previousSameWeekday') {
    const before = comparedRange(range, choice);
    return {
      report: {
        ...shown,
        range: {
          from: new Date(before.from).toISOString(),
          to: new Date(before.to).toISOString(),
          timezone: base.range.timezone,
          weekStart: base.range.weekStart,
        },
      },
      names: {
        shown: FUNNELS.thisPeriod,
        other: choice === 'previous' ? FUNNELS.samePeriodBefore : FUNNELS.weekdaysBefore,
      },
    };
  }
  const other = choice === 'everybody' ? FUNNELS.everybody : segmentName(library, choice);
  if (other === undefined) return { report: null, names: null };
  return {
    report: { ...shown, filters: activeFilters(scope, segmentFilters(library, choice)) },
    names: { shown: segmentName(library, scope.segment) ?? FUNNELS.everybody, other },
  };
}
