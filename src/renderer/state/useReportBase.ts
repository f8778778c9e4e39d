import { useMemo } from 'react';
import type { Filter } from '../../shared/reports/filters';
import type { RangeInput } from '../../shared/time/range';
import { useLibrary } from './library';
import { useScope } from './place';
import { activeFilters, reportRange, segmentFilters } from './scope';
import { useWeekStart, useZone } from './zone';

/** What every report of the window begins with: version, range in the workspace's zone, filters that act. */
export interface ReportBase {
  readonly version: 1;
  readonly range: RangeInput;
  readonly filters: Filter[];
}

/** The base of the reports of the present scope; the same object until something in it changes. */
export function useReportBase(): ReportBase {
  const scope = useScope();
  const zone = useZone();
  const weekStart = useWeekStart();
  const library = useLibrary((state) => state.library);
  return useMemo(
    () => ({
      version: 1,
      range: reportRange(scope.range, zone, weekStart),
      filters: activeFilters(scope, segmentFilters(library, scope.segment)),
    }),
    [scope, zone, weekStart, library],
  );
}
